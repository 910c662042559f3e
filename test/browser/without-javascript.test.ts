import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import { addressOf, wordsOf } from "../support/page-answers.ts";
import { ADMIN_KEY } from "../support/simulated-vendors.ts";
import { Site, signIn } from "../support/site.ts";
import { makeHistory } from "../support/site-history.ts";

let site: Site;
let details: string[];
beforeAll(async () => {
  site = await Site.start();
  details = await makeHistory(site);
});
afterEach(() => site.endVisits());
afterAll(() => site[Symbol.asyncDispose]());

const visit = (key: string | null = ADMIN_KEY) => site.visit({ javaScriptEnabled: false, key });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** Loads a delegation's page again until it says so: nothing else moves it. */
const reaches = (page: Page, status: string) =>
  expect.poll(async () => (await page.reload()) && page.locator(`#state [data-status="${status}"]`).count()).toBe(1);

describe("without JavaScript", () => {
  test("one signs in and out", async () => {
    const page = await visit(null);
    await signIn(page, ADMIN_KEY);
    expect(addressOf(page)).toBe("/");
    await button(page, "Sign out").click();
    await page.waitForURL("**/sign-in");
  });

  test("every page is there to be read", async () => {
    const page = await visit();
    await page.goto("/");
    const links = await page.getByRole("navigation", { name: "Pages" }).getByRole("link").all();
    const paths = await Promise.all(links.map((link) => link.getAttribute("href")));
    for (const path of [...paths.flatMap((each) => each ?? []), ...details]) {
      expect([path, (await page.goto(path))?.status()]).toEqual([path, 200]);
      expect((await wordsOf(page)).length).toBeGreaterThan(100);
    }
  });

  test("the page of a delegation has its prompt, its answer and its attempts", async () => {
    const page = await visit();
    await page.goto("/delegations/done");
    const words = await wordsOf(page);
    for (const each of ["@simulate", "all done", "claude"]) expect(words).toContain(each);
  });

  test("one delegates, and cancels what runs", async () => {
    const page = await visit();
    await page.goto("/delegate");
    await page.getByLabel("Prompt").fill(simulate({ text: "x", headers_ms: 600_000 }));
    await button(page, "Delegate").click();
    await page.waitForURL("**/delegations/*");
    await reaches(page, "in-progress");
    await button(page, "Cancel").click();
    await reaches(page, "cancelled");
  });

  test("one approves what waits", async () => {
    await site.server.client.delegate({ task_id: "to-approve", prompt: simulate({ text: "ran" }), approval: "manual" });
    const page = await visit();
    await page.goto("/delegations/to-approve");
    await button(page, "Approve and run").click();
    await reaches(page, "completed");
  });

  test("one searches the history", async () => {
    const page = await visit();
    await page.goto("/delegations");
    await page.getByLabel("Status").selectOption("failed");
    await button(page, "Search").click();
    await page.waitForURL(/status=failed/);
    expect(await page.getByRole("table").getByRole("rowheader").getByRole("link").allInnerTexts()).toEqual(["bad"]);
  });
});
