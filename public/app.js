// Pages that change while they are looked at. The server renders everything; this asks it again and puts in what is new.

const POLL_MS = 3_000;
const main = document.querySelector("main");
const page = main?.dataset.page;

/** Puts what is new into every `data-live` region, found by its id. What is being typed in or looked through stays. */
async function refresh() {
  const response = await fetch(page, { headers: { accept: "text/html" } });
  if (response.redirected && new URL(response.url).pathname === "/sign-in") return location.assign(response.url);
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const region of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(region.id);
    if (next === null || region.innerHTML === next.innerHTML || region.contains(document.activeElement)) continue;
    region.replaceChildren(...next.cloneNode(true).childNodes);
  }
}

if (page !== undefined && document.querySelector("[data-live]") !== null) {
  setInterval(() => {
    if (!document.hidden) refresh().catch(() => {});
  }, POLL_MS);
}
