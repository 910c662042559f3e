import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { exactDollars } from "../../../src/lib/dollar-text.ts";
import { call } from "../../support/api-client.ts";
import { signedIn, Visitor } from "../../support/dashboard.ts";
import { freshId } from "../../support/delegation-object.ts";
import { makeWorkspace } from "../../support/team.ts";

type Costs = { data: { model: string; day: string }[]; total: { count: number; total_cost_nanos: number | null } };

/** A workspace of its own where these were delegated and are on the books, and somebody in it who is signed in. */
async function spending(tasks: readonly object[]) {
  const { key } = await makeWorkspace();
  const batch_id = freshId("spent");
  if (tasks.length > 0) await call("POST", "/v1/batches", { key: key.key, body: { batch_id, tasks } });
  const report = async (by = "model") => (await call<Costs>("GET", `/v1/costs?group_by=${by}`, { key: key.key })).body;
  const finished = async () =>
    (await call<{ data: unknown[] }>("GET", "/v1/delegations?status=completed", { key: key.key })).body;
  await expect.poll(async () => (await finished()).data.length).toBe(tasks.length);
  return { report, visitor: await signedIn(key.key) };
}

const task = (over: object = {}) => ({
  prompt: simulate({ text: "fine" }, freshId()),
  task_type: "TESTING",
  agent: "coder",
  ...over,
});

describe("GET /costs", () => {
  test("has what the API says, to the nano-dollar, by model, agent, task type and key", async () => {
    const { report, visitor } = await spending([task(), task({ provider: "codex" })]);
    const { data, total } = await report();
    expect(data).toHaveLength(2);
    const { status, text } = await visitor.get("/costs");
    expect(status).toBe(200);
    expect(text).toContain(`value="${total.total_cost_nanos}"`);
    for (const { model } of data) expect(text).toContain(`>${model}</a>`);
    for (const head of ["By model", "By agent", "By task type", "By key"]) expect(text).toContain(`<h2>${head}</h2>`);
    expect(text).toMatch(/href="\/delegations\?agent=coder&amp;created_after=[^"]+">coder</);
    expect(text).toContain(exactDollars(total.total_cost_nanos));
    expect(text).toContain('role="img" aria-labelledby="spend-title spend-desc"');
  });

  test("says that a model without a price costs it does not know what", async () => {
    const { visitor } = await spending([task({ provider: "compatible", model: "local/mystery" })]);
    const { text } = await visitor.get("/costs");
    expect(text).toContain('<span class="unknown">unknown</span>');
    expect(text).toContain("1 unpriced");
  });

  test("of a workspace that spent nothing says so", async () => {
    const { visitor } = await spending([]);
    const { text } = await visitor.get("/costs");
    expect(text).toContain("Nothing was spent from");
    expect(text).toContain("Nothing in this window.");
  });

  test("keeps its window and its grouping in the address", async () => {
    const { report, visitor } = await spending([task()]);
    const before = (await visitor.get("/costs?from=2020-01-01&to=2020-01-02&by=agent")).text;
    expect(before).toContain("Nothing was spent from 2020-01-01 to 2020-01-02.");
    expect(before).toContain('href="/costs.csv?from=2020-01-01&amp;to=2020-01-02&amp;by=agent"');
    const week = (await visitor.get("/costs?window=7d&by=day")).text;
    expect(week).toContain('<a href="/costs?window=7d&amp;by=day" aria-current="page">7 days</a>');
    const [{ day } = { day: "none" }] = (await report("day")).data;
    expect(week).toContain(`<th scope="row"><span>${day}</span></th>`);
  });
});

describe("GET /costs.csv", () => {
  test("is the API's CSV of the same window and group, as a file", async () => {
    const { report, visitor } = await spending([task()]);
    const [row] = (await report()).data;
    const { status, headers, text } = await visitor.get("/costs.csv?window=7d&by=model");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(headers.get("content-disposition")).toMatch(/^attachment; filename="depute-costs-\d{4}-\d{2}-\d{2}\.csv"$/);
    const [head, line, end] = text.split("\r\n");
    expect(head).toMatch(/^model,count,tokens,total_cost,/);
    expect(line).toMatch(new RegExp(`^${row?.model},1,`));
    expect(end).toBe("");
    expect((await visitor.get("/costs.csv?from=2020-01-01&to=2020-01-02&by=model")).text.split("\r\n")).toHaveLength(2);
  });

  test("is for who is signed in, and says what is wrong with what it is asked for", async () => {
    const { status, headers } = await new Visitor().get("/costs.csv?by=model");
    expect([status, headers.get("location")]).toEqual([303, "/sign-in?next=%2Fcosts.csv%3Fby%3Dmodel"]);
    const { visitor } = await spending([]);
    expect((await visitor.get("/costs.csv?by=weather")).status).toBe(400);
  });
});
