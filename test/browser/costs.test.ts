import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import { Site } from "../support/site.ts";

type Report = {
  data: { [field: string]: unknown; count: number; tokens: number; total_cost_nanos: number | null }[];
  total: Report["data"][number];
};

const PRICED = { provider: "compatible", model: "local/priced" } as const;
const MODELS = [PRICED, { provider: "claude" }, { provider: "gemini" }] as const;
const NANOS_PER_DOLLAR = 1_000_000_000;

let site: Site;
beforeAll(async () => {
  site = await Site.start();
  const used = { input_tokens: 1_234, output_tokens: 567 };
  const spent = MODELS.map((executor, index) =>
    site.server.client.delegate({
      ...executor,
      prompt: simulate({ text: "spent", usage: used }, `${index}`),
      task_type: "TESTING",
    }),
  );
  for (const { task_id } of await Promise.all(spent)) await site.server.client.final(task_id);
  await vi.waitUntil(async () => (await site.server.client.costs()).total.count === MODELS.length, { timeout: 60_000 });
});
afterEach(() => site.endVisits());
afterAll(() => site[Symbol.asyncDispose]());

async function report(query: string): Promise<Report> {
  const { status, body } = await site.server.client.call<Report>("GET", `/v1/costs${query}`);
  expect(status).toBe(200);
  return body;
}

/** The rows of the table below: name, count, tokens, nano-dollars. */
async function tableOf(page: Page, name: string): Promise<unknown[][]> {
  const rows = await page.getByRole("table", { name }).getByRole("row").all();
  return Promise.all(
    rows.slice(1).map(async (row) => {
      const [count = "", tokens = ""] = await row.getByRole("cell").allInnerTexts();
      const nanos = await row.locator("data.money").first().getAttribute("value");
      const figures = [count, tokens].map((text) => Number(text.replaceAll(/\D/g, "")));
      return [await row.getByRole("rowheader").innerText(), ...figures, Number(nanos)];
    }),
  );
}

describe("the page of costs", () => {
  test.each([
    ["model", "Costs by model"],
    ["provider", "Costs by provider"],
    ["task_type", "Costs by task type"],
    ["key", "Costs by key"],
  ])("has the figures of GET /v1/costs by %s", async (group, table) => {
    const page = await site.visit();
    await page.goto(`/costs?by=${group}`);
    const { data } = await report(`?group_by=${group}`);
    const told = data.map((row) => [row[group], row.count, row.tokens, row.total_cost_nanos]);
    expect(told).not.toEqual([]);
    expect(await tableOf(page, table)).toEqual(told);
  });

  test("says in its first figures what all of it comes to", async () => {
    const page = await site.visit();
    await page.goto("/costs");
    const { total } = await report("");
    const cards = page.getByRole("main").locator("ul").first();
    const spent = Number(await cards.locator("data.money").first().getAttribute("value"));
    expect(spent).toBe(total.total_cost_nanos);
    const title = await cards.locator("data.money").first().getAttribute("title");
    expect(Number(title?.replace("$", ""))).toBe(spent / NANOS_PER_DOLLAR);
    expect(await cards.innerText()).toContain(String(total.tokens.toLocaleString("en-US")));
  });

  test("draws every model of the day in its chart, with words for who does not see it", async () => {
    const page = await site.visit();
    await page.goto("/costs");
    const chart = page.getByRole("img", { name: "Cost by day and model" });
    const { data } = await report("?group_by=day,model");
    const drawn = await chart.locator("rect title").allTextContents();
    for (const { day, model } of data) expect(drawn).toContainEqual(expect.stringContaining(`${day}, ${model}: $`));
    expect(drawn).toHaveLength(data.length);
  });

  test("keeps its window and its grouping in the address, and leads to the delegations of a group", async () => {
    const page = await site.visit();
    await page.goto("/costs");
    await page.getByRole("navigation", { name: "Window" }).getByRole("link", { name: "7 days" }).click();
    await page.getByRole("navigation", { name: "Grouped by" }).getByRole("link", { name: "Provider" }).click();
    await page.waitForURL(/\/costs\?(?=.*window=7d)(?=.*by=provider)/);
    await page.getByRole("table").getByRole("link", { name: "gemini" }).click();
    await page.waitForURL(/\/delegations\?(?=.*provider=gemini)/);
  });

  test("gives the same figures as a CSV file", async () => {
    const page = await site.visit();
    await page.goto("/costs?by=model");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "As CSV" }).click()]);
    expect(download.suggestedFilename()).toMatch(/\.csv$/);
    const { data } = await report("?group_by=model");
    const lines = readFileSync(await download.path(), "utf8")
      .trim()
      .split(/\r?\n/);
    expect(lines).toHaveLength(data.length + 1);
    for (const { model } of data) expect(lines.join("\n")).toContain(String(model));
  });
});
