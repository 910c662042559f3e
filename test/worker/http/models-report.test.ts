import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/db/client.ts";
import { modelUsage } from "../../../src/db/model-usage.ts";
import { saveDelegation } from "../../../src/db/save-delegation.ts";
import { PROMPT_LENGTHS } from "../../../src/models/counterfactual.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { plansOf } from "../db/query-plans.ts";
import { attemptRow, delegationRow } from "../db/rows.ts";

type Alternative = {
  model: string;
  provider: string;
  cost_nanos: number | null;
  difference_nanos: number | null;
  ratio: number | null;
};
type Report = {
  actual: { count: number; cost_nanos: number; left_out: number; models: object[] };
  alternatives: (Alternative & { note: string | null; success_rate: number | null })[];
  complete: boolean;
};

const db = createDatabase(env.DB);
const AT = Date.UTC(2026, 10, 20, 10);
const SPAN = "created_after=2026-11-20T00:00:00Z&created_before=2026-11-21T00:00:00Z";
const HOUR = 3_600_000;

beforeAll(async () => {
  const row = (task_id: string) => delegationRow({ workspace: "default", task_id, created_at: AT, status: "completed" });
  const done = { status: "completed", started_at: AT, ended_at: AT + 100, usage_final: true };
  // claude-opus-5-5: 4 / 20 US dollars per million tokens.
  const opus = { ...done, input_tokens: 1_000, output_tokens: 100, cost_nanos: 6_000_000, cost_max_nanos: 6_000_000 };
  await saveDelegation(db, row("one"), [attemptRow(opus)]);
  await saveDelegation(db, row("two"), [
    attemptRow({ ...opus, status: "failed", error_code: "truncated_stream" }),
    attemptRow({ ...opus, number: 2, started_at: AT + HOUR, ended_at: AT + HOUR + 300 }),
  ]);
  const unpriced = { ...opus, provider: "compatible", model: "unheard-of", cost_nanos: null, cost_max_nanos: null };
  await saveDelegation(db, row("three"), [attemptRow(unpriced)]);
  await saveDelegation(db, row("four"), [attemptRow({ ...opus, provider: "copilot", model: "auto" })]);
});

const reported = async (query = "") => (await call<Report>("GET", `/v1/models/report?${SPAN}${query}`)).body;

describe("GET /v1/models/report", () => {
  test("compares what was paid with what each alternative would have cost, and the model itself costs what it did", async () => {
    const { actual, alternatives, complete } = await reported("&models=claude-opus-5-5,local/priced,local/llama3");
    expect(actual).toMatchObject({ count: 2, cost_nanos: 12_000_000, left_out: 1 });
    expect(
      alternatives.map(({ model, cost_nanos, difference_nanos, ratio }) => [model, cost_nanos, difference_nanos, ratio]),
    ).toEqual([
      ["llama3", 0, -12_000_000, 0],
      ["priced", 2_400_000, -9_600_000, 0.2],
      ["claude-opus-5-5", 12_000_000, 0, 1],
    ]);
    expect(complete).toBe(true);
  });

  test("says what is uncertain, and how the team did with each model", async () => {
    const { actual, alternatives } = await reported("&models=claude-opus-5-5,local/unheard-of,gpt-6.2-sol");
    const of = (model: string) => alternatives.find((each) => each.model === model);
    expect(of("claude-opus-5-5")).toMatchObject({ note: null, success_rate: 2 / 3, latency_p50_ms: 100 });
    expect(of("gpt-6.2-sol")?.note).toContain("Tokens were counted by claude");
    expect(of("unheard-of")).toMatchObject({ cost_nanos: null, difference_nanos: null, unpriced_count: 2 });
    expect(alternatives.at(-1)?.model).toBe("unheard-of");
    expect(actual.models).toMatchObject([
      { model: "claude-opus-5-5", count: 2, cost_nanos: 12_000_000, success_rate: 2 / 3 },
      { model: "unheard-of", count: 1, cost_nanos: null },
    ]);
  });

  test("takes the current models of all configured vendors unless told otherwise, cheapest first", async () => {
    const { alternatives } = await reported();
    expect(new Set(alternatives.map(({ provider }) => provider))).toEqual(new Set(["claude", "codex", "gemini"]));
    const costs = alternatives.flatMap(({ cost_nanos }) => cost_nanos ?? []);
    expect(costs).toEqual(costs.toSorted((one, other) => one - other));
    expect(costs.length).toBeGreaterThan(5);
  });

  test("of a window without work compares nothing with nothing", async () => {
    const { body } = await call<Report>("GET", "/v1/models/report?created_before=1970-01-02T00:00:00Z&models=claude-opus");
    expect(body.actual).toMatchObject({ count: 0, tokens: 0, cost_nanos: null });
    expect(body.alternatives).toMatchObject([{ model: "claude-opus-5-5", cost_nanos: 0, difference_nanos: 0, ratio: null }]);
  });

  test.each([
    ["models=claude-opus,nobody-knows", "models.1"],
    ["models=", "models.0"],
    ["window=7d&created_before=2026-01-01T00:00:00Z", "window"],
  ])("%s is 400 and names the parameter", async (query, path) => {
    const { status, body } = await call<ProblemBody>("GET", `/v1/models/report?${query}`);
    expect([status, body.errors?.[0]?.path]).toEqual([400, path]);
  });

  test("reads the window by the index and attempts by their key, a row for all that a price treats alike", async () => {
    const plan = await plansOf((told) => modelUsage(told, "default", { created_after: 1 }, PROMPT_LENGTHS));
    expect(plan).toContain("delegations_by_time (workspace=? AND created_at>?)");
    expect(plan).toContain("SEARCH attempts USING PRIMARY KEY (workspace=? AND task_id=?)");
    const { rows } = await modelUsage(db, "default", { created_after: AT, created_before: AT + 1 }, [500, 2_000]);
    expect(rows).toMatchObject([
      { provider: "claude", day: "2026-11-20", band: 1, count: 2, input_tokens: 2_000, longest_prompt: 1_000 },
      { provider: "compatible", band: 1, count: 1, cost_nanos: null },
    ]);
  });
});
