/*
 * Pages that change while they are looked at. The server renders everything: this asks it for the page again and puts in what is new.
 *
 * data-live on an element with an id: it may change. A fresh page without any ends the asking.
 * data-events="/…/events": an event stream that says when something did, in place of asking every few seconds.
 * data-delta="agent_message": takes the text of such items as it comes. Inside of data-live.
 * data-copy="id": a button that copies the text of that element.
 */

const POLL_MS = 3_000;
const SETTLE_MS = 250;
const ENDS = ["thread.completed", "thread.deleted", "batch.completed", "flow.completed"];
const CHANGES = ["approval.requested", "approval.resolved", "turn.started", "turn.warning", "turn.completed", "turn.failed"]
  .concat("task.started", "task.completed", "step.started", "step.completed")
  .concat(ENDS);
const FIELDS = "input:not([type=hidden]), textarea, select";

const main = document.querySelector("main");
const page = main?.dataset.page;
const followed = document.querySelector("[data-events]");
let polling = page !== undefined && followed === null && document.querySelector("[data-live]") !== null;
let timer;
let asked = false;
let over = false;
/** The texts of the attempt that runs, by the type of their items: what the stream told is ahead of any page. */
const written = new Map();

/** Whether somebody is at work in a region: it is left alone until they are not. */
function isInUse(region) {
  const selection = document.getSelection();
  const isSelecting = selection !== null && !selection.isCollapsed && region.contains(selection.anchorNode);
  return isSelecting || region.querySelector(FIELDS)?.matches(":focus") === true;
}

/** Replaces what is in a region; what was open stays open, and what had the focus has it. */
function replace(region, fresh) {
  const open = [...region.querySelectorAll("details")].map((details) => details.open);
  const active = region.contains(document.activeElement) ? document.activeElement : null;
  region.replaceChildren(...fresh.childNodes);
  if (!polling) {
    for (const target of region.querySelectorAll("[data-delta]")) target.textContent = written.get(target.dataset.delta) ?? "";
  }
  [...region.querySelectorAll("details")].forEach((details, index) => {
    if (open[index] === true) details.open = true;
  });
  if (active === null) return;
  const same = [...region.querySelectorAll(active.localName)].find(
    (each) => (each.id !== "" && each.id === active.id) || (each.href !== undefined && each.href === active.href),
  );
  same?.focus({ preventScroll: true });
}

/** Asks for the page again and puts in what is new. A text that a stream writes here is left to it. */
async function refresh() {
  const response = await fetch(page, { headers: { accept: "text/html" } });
  if (new URL(response.url).pathname === "/sign-in") {
    over = true;
    return location.assign(response.url);
  }
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const region of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(region.id);
    if (next === null || isInUse(region) || region.innerHTML === next.innerHTML) continue;
    const isWritten = region.querySelector("[data-delta]") !== null && next.querySelector("[data-delta]") !== null;
    if (isWritten && !polling) continue;
    replace(region, next);
    showCopyButtons(region);
  }
  over = fresh.querySelector("[data-live]") === null;
}

/** Refreshes in `ms`, once for all who ask until then; who asks while it runs is served right after. */
function refreshIn(ms) {
  if (timer !== undefined) {
    asked = true;
    return;
  }
  timer = setTimeout(async () => {
    asked = false;
    if (!document.hidden) await refresh().catch(() => {});
    timer = undefined;
    if (over) return;
    if (asked) refreshIn(SETTLE_MS);
    else if (polling) refreshIn(POLL_MS);
  }, ms);
}

/** Follows an event stream: text is shown as it comes, and all else refreshes the page. When it fails for good, the page is polled. */
function follow(path) {
  for (const target of document.querySelectorAll("[data-delta]")) written.set(target.dataset.delta, target.textContent);
  const source = new EventSource(path);
  source.addEventListener("item.updated", ({ data }) => {
    const { item, delta } = JSON.parse(data);
    written.set(item.type, (written.get(item.type) ?? "") + delta);
    document.querySelector(`[data-delta="${CSS.escape(item.type)}"]`)?.append(delta);
  });
  source.addEventListener("turn.started", () => {
    written.clear();
    for (const target of document.querySelectorAll("[data-delta]")) target.textContent = "";
  });
  for (const type of CHANGES) source.addEventListener(type, () => refreshIn(SETTLE_MS));
  for (const type of ENDS) source.addEventListener(type, () => source.close());
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) return;
    polling = true;
    refreshIn(SETTLE_MS);
  };
  addEventListener("pagehide", () => source.close());
}

function showCopyButtons(root) {
  if (navigator.clipboard === undefined) return;
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.onclick = async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy)?.textContent ?? "");
      button.textContent = "Copied";
    };
  }
}

// On a phone the navigation is wider than the screen.
document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
showCopyButtons(document);
if (polling) refreshIn(POLL_MS);
if (page !== undefined && followed !== null) follow(followed.dataset.events);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && (polling || followed !== null) && !over) refreshIn(0);
});
