import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import { callsFor } from "../support/e2e-books.ts";
import { marker } from "../support/e2e-marker.ts";
import { addressOf, isStillLoaded, markLoaded, wordsOf } from "../support/page-answers.ts";
import { Site } from "../support/site.ts";

let site: Site;
beforeAll(async () => {
  site = await Site.start();
});
afterEach(() => site.endVisits());
afterAll(() => site[Symbol.asyncDispose]());

/** Flows for ten minutes unless it is ended. */
const ENDLESS = { text: "part by part; ", repeat: 6_000, delay_ms: 100 };

const status = (page: Page, word: string) =>
  page.getByRole("region", { name: "State" }).locator(`[data-status="${word}"]`).waitFor();
const growing = (page: Page) => page.getByLabel("The answer as it comes");
const choice = (page: Page, name: string) => page.getByRole("combobox", { name, exact: true });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

async function delegateFrom(page: Page, fields: { prompt: string; approval?: string; provider?: string }): Promise<void> {
  await page.goto("/");
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Delegate", exact: true }).click();
  await page.getByLabel("Prompt").fill(fields.prompt);
  if (fields.provider !== undefined) await choice(page, "Provider").selectOption(fields.provider);
  if (fields.approval !== undefined) await choice(page, "Approval").selectOption(fields.approval);
  await button(page, "Delegate").click();
}

const delegated = (page: Page) => page.waitForURL("**/delegations/*");

describe("delegating from the page", () => {
  test("leads to the delegation, whose answer grows as it streams until it is whole, without being loaded again", async () => {
    const page = await site.visit();
    const text = "one word after another ";
    await delegateFrom(page, { prompt: simulate({ text, repeat: 60, delay_ms: 50 }, marker()), provider: "claude" });
    await delegated(page);
    await markLoaded(page);
    const shown: number[] = [];
    const length = async () => (await growing(page).textContent({ timeout: 1_000 }))?.length ?? 0;
    await expect
      .poll(async () => shown.push(await length()) && new Set(shown.filter((each) => each > 0)).size)
      .toBeGreaterThan(2);
    expect(shown).toEqual([...shown].sort((left, right) => left - right));
    await status(page, "completed");
    const answer = page.locator("#answer pre");
    await expect.poll(() => answer.last().textContent()).toBe(text.repeat(60));
    expect(await isStillLoaded(page)).toBe(true);
  });

  test("with one form sent twice delegates once, and both lead there", async () => {
    const page = await site.visit();
    const prompt = marker();
    await page.goto("/delegate");
    await page.getByLabel("Prompt").fill(simulate({ text: "once" }, prompt));
    const sent =
      "fetch('/delegate', { method: 'POST', body: new URLSearchParams(new FormData(document.querySelector('main form'))) })";
    const first = await page.evaluate<string>(`${sent}.then(({ url }) => url)`);
    await button(page, "Delegate").click();
    await delegated(page);
    expect(page.url()).toBe(first);
    await status(page, "completed");
    expect(callsFor(site.server, { prompt })).toHaveLength(1);
  });

  test("that no budget allows is refused in words, spends nothing, and keeps what was written", async () => {
    const budget = { scope: "agent", subject: "writer", period: "total", limit: 0.000001 };
    expect(await site.server.client.call("PUT", "/v1/budgets/tiny", { body: budget })).toMatchObject({ status: 200 });
    const page = await site.visit();
    const prompt = marker();
    await page.goto("/delegate");
    await page.getByLabel("Prompt").fill(prompt);
    await choice(page, "Agent").selectOption("writer");
    const [answer] = await Promise.all([page.waitForResponse("**/delegate"), button(page, "Delegate").click()]);
    expect(answer.status()).toBe(402);
    expect(await page.getByRole("alert").innerText()).toMatch(/budget "?tiny"?[\s\S]*budget_exceeded/);
    expect(await page.getByLabel("Prompt").inputValue()).toBe(prompt);
    expect(await choice(page, "Agent").inputValue()).toBe("writer");
    expect(callsFor(site.server, { prompt })).toEqual([]);
  });
});

describe("the page of a delegation", () => {
  test("cancels it while it runs, and keeps what has come of its answer", async () => {
    const page = await site.visit();
    const prompt = marker();
    await delegateFrom(page, { prompt: simulate(ENDLESS, prompt), provider: "gemini" });
    await delegated(page);
    await growing(page).getByText("part by part").waitFor();
    await button(page, "Cancel").click();
    await status(page, "cancelled");
    expect(await wordsOf(page)).toContain("part by part");
    await expect.poll(() => callsFor(site.server, { prompt })).toMatchObject([{ ended_by: "aborted" }]);
  });

  test("approves one that waits, which then runs", async () => {
    const page = await site.visit();
    const prompt = marker();
    await delegateFrom(page, { prompt: simulate({ text: "allowed to run" }, prompt), approval: "manual" });
    await delegated(page);
    await status(page, "needs-approval");
    expect(callsFor(site.server, { prompt })).toEqual([]);
    await button(page, "Approve and run").click();
    await status(page, "completed");
    expect(await wordsOf(page)).toContain("allowed to run");
  });

  test("rejects another, which never runs", async () => {
    const page = await site.visit();
    const prompt = marker();
    await delegateFrom(page, { prompt: simulate({ text: "never said" }, prompt), approval: "manual" });
    await delegated(page);
    await button(page, "Reject").click();
    await status(page, "cancelled");
    expect(await wordsOf(page)).toContain("rejected");
    expect(callsFor(site.server, { prompt })).toEqual([]);
  });

  test("runs it again on another provider, and leads from the one to the other and back", async () => {
    const page = await site.visit();
    const prompt = simulate([{ status: 400 }, { text: "better there" }], marker());
    await site.server.client.delegate({ task_id: "was-bad", provider: "claude", prompt, max_attempts: 1 });
    await page.goto("/delegations/was-bad");
    await status(page, "failed");
    await choice(page, "Run again on").selectOption("codex");
    await button(page, "Run again").click();
    await page.waitForURL((url) => !url.pathname.endsWith("/was-bad"));
    await status(page, "completed");
    expect(await wordsOf(page)).toContain("better there");
    const child = addressOf(page);
    await page.getByRole("main").getByRole("link", { name: "was-bad" }).first().click();
    await page.waitForURL("**/delegations/was-bad");
    expect(await page.getByRole("main").locator(`a[href="${child}"]`).count()).toBeGreaterThan(0);
  });

  test("takes a score and shows it from then on", async () => {
    await site.server.client.delegate({ task_id: "scored", prompt: simulate({ text: "worth something" }) });
    await site.server.client.final("scored");
    const page = await site.visit();
    await page.goto("/delegations/scored");
    await page.getByLabel("Score, 0 to 1").fill("0.75");
    await page.getByLabel("Comment").fill("good enough");
    await button(page, "Score").click();
    await page.waitForURL("**/delegations/scored");
    expect(await site.server.client.get("scored")).toMatchObject({ score: 0.75, score_comment: "good enough" });
    await page.reload();
    expect(await page.getByLabel("Score, 0 to 1").inputValue()).toBe("0.75");
  });

  test("offers no deed that the key may not do", async () => {
    const made = { name: "reader", scopes: ["read"] };
    const { body } = await site.server.client.call<{ key: string }>("POST", "/v1/keys", { body: made });
    await site.server.client.delegate({ task_id: "only-read", prompt: simulate({ text: "no" }), approval: "manual" });
    const page = await site.visit({ key: body.key });
    await page.goto("/delegations/only-read");
    await status(page, "needs-approval");
    for (const name of ["Cancel", "Approve and run", "Reject"]) {
      expect([name, await button(page, name).and(page.locator(":enabled")).count()]).toEqual([name, 0]);
    }
  });

  test("that nobody delegated is not there, in words", async () => {
    const page = await site.visit();
    const answer = await page.goto("/delegations/no-such-task");
    expect(answer?.status()).toBe(404);
    expect(await page.getByRole("alert").innerText()).toContain("not_found");
  });
});
