import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import { isStillLoaded, markLoaded } from "../support/page-answers.ts";
import { Site } from "../support/site.ts";

const PART = "part by part; ";

let site: Site;
beforeAll(async () => {
  site = await Site.start();
});
afterEach(() => site.endVisits());
afterAll(() => site[Symbol.asyncDispose]());

const answer = (page: Page) => page.getByLabel("The answer as it comes");
const lengthOf = async (page: Page): Promise<number> => (await answer(page).textContent())?.length ?? 0;
const ended = (page: Page) => page.getByRole("region", { name: "State" }).locator('[data-status="completed"]').waitFor();

describe("a page that shows an answer stream", () => {
  test("shows after a reload what had come before it, and goes on from there without a gap or a repetition", async () => {
    const text = Array.from({ length: 400 }, (_, index) => `part ${index}; `).join("");
    await site.server.client.delegate({ task_id: "reloaded", prompt: simulate({ text, delay_ms: 50 }) });
    const page = await site.visit();
    await page.goto("/delegations/reloaded");
    await expect.poll(() => lengthOf(page)).toBeGreaterThan(200);
    const before = await lengthOf(page);
    await page.reload();
    expect(await lengthOf(page)).toBeGreaterThanOrEqual(before);
    const seen = (await answer(page).textContent()) ?? "";
    expect(text.startsWith(seen)).toBe(true);
    await expect.poll(() => lengthOf(page)).toBeGreaterThan(seen.length);
    const later = (await answer(page).textContent()) ?? "";
    expect(text.startsWith(later)).toBe(true);
    await ended(page);
    expect(await page.locator("#answer pre").last().textContent()).toBe(text);
  });

  test("goes on when the server is killed and started again, and ends with the second try's answer, without being loaded again", async () => {
    const plan = [{ text: PART, repeat: 6_000, delay_ms: 100 }, { text: "second try, whole" }];
    await site.server.client.delegate({ task_id: "killed", prompt: simulate(plan), provider: "claude" });
    const page = await site.visit({ losesServer: true });
    await page.goto("/delegations/killed");
    await markLoaded(page);
    await answer(page).getByText(PART.trim()).waitFor();
    await site.server.kill();
    await site.server.start();
    await ended(page);
    await page.locator("#answer").getByText("second try, whole").waitFor();
    expect(await page.locator("#attempts").innerText()).toMatch(/interrupted/);
    expect(await isStillLoaded(page)).toBe(true);
  });
});

describe("a list that is looked at", () => {
  test("goes on being fresh after the server was away", async () => {
    const page = await site.visit({ losesServer: true });
    await page.goto("/delegations");
    await markLoaded(page);
    await site.server.kill();
    await site.server.start();
    await site.server.client.delegate({ task_id: "after-all", prompt: simulate({ text: "back again" }) });
    await page.getByRole("link", { name: "after-all" }).waitFor();
    expect(await isStillLoaded(page)).toBe(true);
  });
});
