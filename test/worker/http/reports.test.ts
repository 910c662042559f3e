import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { createDatabase } from "../../../src/db/client.ts";
import { type AttemptRow, saveDelegation } from "../../../src/db/save-delegation.ts";
import { call, type ProblemBody, send } from "../../support/api-client.ts";
import { freshId } from "../../support/delegation-object.ts";
import { attemptRow, delegationRow } from "../db/rows.ts";

type Report = { data: { [name: string]: unknown }[]; total: { count: number; total_cost: number; total_cost_nanos: number } };
type Providers = { data: { provider: string; configured: boolean; probe: unknown; endpoints: string[]; attempts: number }[] };

const DAY = new Date().toISOString().slice(0, 10);

async function finished(prompt: string, more: object): Promise<string> {
  const task_id = freshId();
  await call("POST", "/v1/delegations", { body: { task_id, prompt, ...more } });
  await call("GET", `/v1/delegations/${task_id}?wait=20`);
  return task_id;
}

describe("GET /v1/costs", () => {
  test("shows what a delegation cost, by model and day", async () => {
    const since = new Date().toISOString();
    const usage = { input_tokens: 1_000, output_tokens: 100 };
    const id = await finished(simulate({ text: "x", usage }, freshId()), { model: "gpt-4-turbo", task_type: "TESTING" });
    const { cost_nanos, tokens_used } = (await call("GET", `/v1/delegations/${id}`)).body;
    await expect
      .poll(async () => (await call<Report>("GET", `/v1/costs?created_after=${since}`)).body.total.total_cost_nanos)
      .toBe(cost_nanos);
    const { body } = await call<Report>("GET", `/v1/costs?group_by=model,day&task_type=TESTING&created_after=${since}`);
    expect(body.data).toMatchObject([
      {
        model: "gpt-6.2-sol",
        day: DAY,
        count: 1,
        tokens: tokens_used,
        total_cost_nanos: cost_nanos,
        avg_cost: Number(cost_nanos) / 1e9,
        unpriced_count: 0,
        uncertain_cost: 0,
        wasted_cost: 0,
      },
    ]);
    expect(body.total.total_cost).toBe(Number(cost_nanos) / 1e9);
    expect(Object.keys(body.data[0] ?? {})).not.toContain("agent");
  });

  test("what is known is shown beside what is not, and averaged over those known in full", async () => {
    const at = Date.UTC(2001, 0, 1);
    const save = (task_id: string, cost_nanos: number | null, rows: AttemptRow[]) =>
      saveDelegation(
        createDatabase(env.DB),
        delegationRow({ workspace: "default", task_id, created_at: at, cost_nanos, cost_max_nanos: cost_nanos }),
        rows,
      );
    const priced = attemptRow({ status: "completed", usage_final: true, cost_nanos: 2_000_000, cost_max_nanos: 2_000_000 });
    await save("priced", 2_000_000, [priced]);
    await save("half-priced", null, [
      priced,
      attemptRow({ number: 2, provider: "compatible", cost_nanos: null, cost_max_nanos: null }),
    ]);
    const { body } = await call<Report>(
      "GET",
      "/v1/costs?created_before=2001-01-02T00:00:00Z&created_after=2001-01-01T00:00:00Z",
    );
    expect(body.total).toMatchObject({ count: 2, total_cost: 0.004, avg_cost: 0.002, unpriced_count: 1, uncertain_cost: 0 });
  });

  test("takes the filters of the list, and groups by key, batch and flow", async () => {
    const flow_id = freshId();
    const row = { workspace: "default", flow_id, batch_id: "b", created_by: "ci", cost_nanos: 5, properties: { team: flow_id } };
    await saveDelegation(createDatabase(env.DB), delegationRow({ ...row, task_id: flow_id }), []);
    await saveDelegation(
      createDatabase(env.DB),
      delegationRow({ ...row, task_id: `${flow_id}-2`, flow_id: null, batch_id: null }),
      [],
    );
    const { body } = await call<Report>("GET", `/v1/costs?flow_id=${flow_id}&group_by=key,batch,flow`);
    expect(body.data).toMatchObject([{ key: "ci", batch: "b", flow: flow_id, count: 1 }]);
    expect((await call<Report>("GET", `/v1/costs?property.team=${flow_id}`)).body.total.count).toBe(2);
    expect((await call("GET", "/v1/costs?q=words")).status).toBe(400);
  });

  test("is CSV when Accept names it: a line for each group, without groups the total", async () => {
    const task_id = freshId();
    const row = { workspace: "default", task_id, batch_id: task_id, agent: "=cmd()", cost_nanos: 5_000_000, source: "recorded" };
    await saveDelegation(createDatabase(env.DB), delegationRow(row), []);
    const csv = async (query: string) => {
      const response = await send("GET", `/v1/costs?batch_id=${task_id}${query}`, { headers: { accept: "text/csv" } });
      expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
      return (await response.text()).split("\r\n");
    };
    const sums = "count,tokens,total_cost,total_cost_nanos,avg_cost,unpriced_count,uncertain_cost,wasted_cost";
    expect(await csv("&group_by=agent")).toEqual([`agent,${sums}`, "'=cmd(),1,0,0.005,5000000,0.005,0,0,0.005", ""]);
    expect(await csv("")).toEqual([sums, "1,0,0.005,5000000,0.005,0,0,0.005", ""]);
  });

  test("without groups there is the total only", async () => {
    expect((await call<Report>("GET", "/v1/costs?created_before=1970-01-01T00:00:00Z")).body).toEqual({
      data: [],
      total: {
        count: 0,
        tokens: 0,
        total_cost: null,
        total_cost_nanos: null,
        avg_cost: null,
        unpriced_count: 0,
        uncertain_cost: 0,
        wasted_cost: 0,
      },
    });
  });

  test("a word that is repeated counts once", async () => {
    const repeated = `group_by=${"model,".repeat(300)}day&status=${"completed,".repeat(300)}failed`;
    expect((await call("GET", `/v1/costs?${repeated}`)).status).toBe(200);
  });

  test.each([
    ["group_by=colour", "group_by.0"],
    ["group_by=model,", "group_by.1"],
    ["group_by=", "group_by.0"],
    ["status=done", "status.0"],
    ["created_after=today", "created_after"],
  ])("%s is 400 and names the parameter", async (query, path) => {
    const { status, body } = await call<ProblemBody>("GET", `/v1/costs?${query}`);
    expect([status, body.errors?.[0]?.path]).toEqual([400, path]);
  });
});

describe("GET /v1/providers", () => {
  test("says which are configured, and asks nobody unless told to", async () => {
    const { body } = await call<Providers>("GET", "/v1/providers");
    expect(body.data.map(({ provider }) => provider)).toEqual(["claude", "gemini", "codex", "copilot", "compatible"]);
    expect(body.data.every(({ configured, probe }) => configured && probe === null)).toBe(true);
    expect(body.data.at(-1)?.endpoints).toEqual(["local"]);
  });

  test("shows the latest outcome and error of each", async () => {
    await finished(simulate([{ status: 400 }], freshId()), { provider: "gemini", max_attempts: 1 });
    const gemini = async () =>
      (await call<Providers>("GET", "/v1/providers")).body.data.find(({ provider }) => provider === "gemini");
    await expect
      .poll(gemini)
      .toMatchObject({ last_outcome: { status: "failed" }, last_error: { code: "provider_invalid_request" } });
  });

  test("probe=true asks every vendor", async () => {
    const { body } = await call<Providers>("GET", "/v1/providers?probe=true");
    expect(body.data.map(({ provider, probe }) => [provider, probe])).toEqual(
      body.data.map(({ provider }) => [provider, { ok: true }]),
    );
  });

  test("another value of probe is 400", async () => {
    expect((await call("GET", "/v1/providers?probe=yes")).status).toBe(400);
  });
});

describe("GET /v1/models", () => {
  test("lists the catalogue with aliases and prices", async () => {
    const { status, body } = await call<{ data: { id: string; aliases: string[]; prices: unknown[] }[] }>("GET", "/v1/models");
    expect(status).toBe(200);
    const opus = body.data.find(({ aliases }) => aliases.includes("claude-opus"));
    expect(opus?.prices.length).toBeGreaterThan(0);
  });
});

describe.each(["/v1/delegations", "/v1/costs", "/v1/providers", "/v1/models"])("GET %s", (path) => {
  test("without a key is 401", async () => {
    expect((await call("GET", path, { key: null })).status).toBe(401);
  });
});
