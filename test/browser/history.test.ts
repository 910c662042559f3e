import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import { addressOf, isStillLoaded, markLoaded } from "../support/page-answers.ts";
import { Site } from "../support/site.ts";

const PAGE = 50;
const TASKS = PAGE + 5;

let site: Site;
beforeAll(async () => {
  site = await Site.start();
  const tasks = Array.from({ length: TASKS }, (_, index) => ({
    task_id: `many-${String(index).padStart(2, "0")}`,
    prompt: simulate({ text: index === 7 ? "the zanzibar answer" : "plain" }),
    provider: index % 2 === 0 ? "claude" : "gemini",
    agent: index === 3 ? "reviewer" : "writer",
  }));
  await site.server.client.call("POST", "/v1/batches", { body: { batch_id: "many", tasks } });
  await site.server.client.call("GET", "/v1/batches/many?wait=55");
});
afterEach(() => site.endVisits());
afterAll(() => site[Symbol.asyncDispose]());

const table = (page: Page) => page.getByRole("table", { name: "Delegations" });
const shown = (page: Page) => table(page).getByRole("rowheader").getByRole("link").allInnerTexts();

describe("the history", () => {
  test("is searched by a word of an answer, which stands in the address", async () => {
    const page = await site.visit();
    await page.goto("/delegations");
    await page.getByLabel("Words in prompt or answer").fill("zanzibar");
    await page.getByRole("button", { name: "Search" }).click();
    await page.waitForURL(/[?&]q=zanzibar/);
    // Once a minute what has ended is taken into the index: until then the page is asked again.
    await expect
      .poll(async () => (await page.reload()) && (await shown(page)), { interval: 1_000, timeout: 150_000 })
      .toEqual(["many-07"]);
    expect(await page.getByLabel("Words in prompt or answer").inputValue()).toBe("zanzibar");
  });

  test("is narrowed by filters that stay in the address, through a link to somebody else too", async () => {
    const page = await site.visit();
    await page.goto("/delegations");
    await page.getByLabel("Provider").selectOption("gemini");
    await page.getByLabel("Agent").fill("reviewer");
    await page.getByRole("button", { name: "Search" }).click();
    await page.waitForURL(/(?=.*provider=gemini)(?=.*agent=reviewer)/);
    expect(await shown(page)).toEqual(["many-03"]);
    const other = await site.visit();
    await other.goto(addressOf(page));
    expect(await shown(other)).toEqual(["many-03"]);
    expect(await other.getByLabel("Provider").inputValue()).toBe("gemini");
    expect(await other.getByLabel("Agent").inputValue()).toBe("reviewer");
  });

  test("has a next page and a way back, each task on one of them", async () => {
    const page = await site.visit();
    await page.goto("/delegations?batch_id=many");
    const first = await shown(page);
    expect(first).toHaveLength(PAGE);
    await page.getByRole("link", { name: "Next page" }).click();
    await page.waitForURL(/(?=.*batch_id=many)(?=.*cursor=)/);
    const second = await shown(page);
    expect(new Set([...first, ...second]).size).toBe(TASKS);
    expect(await page.getByRole("link", { name: "Next page" }).count()).toBe(0);
    await page.getByRole("link", { name: "First page" }).click();
    await page.waitForURL((url) => !url.searchParams.has("cursor"));
    expect(await shown(page)).toEqual(first);
  });

  test("shows what is delegated elsewhere while it is looked at, without being loaded again", async () => {
    const page = await site.visit();
    await page.goto("/delegations");
    await markLoaded(page);
    await site.server.client.delegate({ task_id: "just-now", prompt: simulate({ text: "new" }) });
    await table(page).getByRole("link", { name: "just-now" }).waitFor();
    await table(page)
      .getByRole("row", { name: /just-now/ })
      .getByText("completed")
      .waitFor();
    expect(await isStillLoaded(page)).toBe(true);
  });

  test("says so where nothing fits, and leads back to everything", async () => {
    const page = await site.visit();
    await page.goto("/delegations?agent=nobody");
    await page.getByText("No delegation fits these filters.").waitFor();
    await page.getByRole("link", { name: "All delegations" }).click();
    await page.waitForURL("**/delegations");
    expect(await shown(page)).not.toEqual([]);
  });
});

describe("the overview", () => {
  test("says what runs, and what was spent today", async () => {
    const running = simulate({ text: "x", headers_ms: 600_000 });
    await site.server.client.delegate({ task_id: "still-running", prompt: running });
    const page = await site.visit();
    await page.goto("/");
    await page.getByRole("link", { name: "still-running" }).first().waitFor();
    const spent = page.getByRole("listitem").filter({ hasText: "Spent today" }).locator("data.money");
    const { total } = await site.server.client.costs();
    const report = total as typeof total & { total_cost_nanos: number };
    await expect.poll(async () => Number(await spent.getAttribute("value"))).toBe(report.total_cost_nanos);
    await site.server.client.act("still-running", "cancel");
    await page.getByText("Nothing runs or waits.").waitFor();
  });

  test("tells a newcomer what to do first", async () => {
    const { body } = await site.server.client.call<{ key: { key: string } }>("POST", "/v1/workspaces", {
      body: { workspace: "new" },
    });
    const page = await site.visit({ key: body.key.key });
    await page.goto("/");
    await page.getByText("Nothing was delegated yet").waitFor();
    await page.getByRole("link", { name: "Delegate something from here" }).click();
    await page.waitForURL("**/delegate");
  });
});
