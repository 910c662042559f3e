import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/db/client.ts";
import { costs } from "../../../src/db/costs.ts";
import { providerHealth } from "../../../src/db/provider-health.ts";
import { type AttemptRow, markDeleted, saveDelegation } from "../../../src/db/save-delegation.ts";
import { attemptRow, delegationRow } from "./rows.ts";

const db = createDatabase(env.DB);
const DAY = 86_400_000;

beforeAll(async () => {
  const row = (task_id: string, changes: object) => delegationRow({ workspace: "costs", task_id, ...changes });
  const claude = { provider: "claude", model: "claude-opus-5-5", usage_final: true };
  const codex = { provider: "codex", model: "gpt-6.2-sol", usage_final: true };
  await saveDelegation(
    db,
    row("fell-back", {
      ...codex,
      status: "completed",
      created_at: DAY,
      tokens_used: 30,
      cost_nanos: 130,
      cost_max_nanos: 130,
      task_type: "TESTING",
    }),
    [
      attemptRow({
        ...claude,
        status: "failed",
        error_code: "truncated_stream",
        input_tokens: 10,
        cost_nanos: 30,
        cost_max_nanos: 30,
        ended_at: DAY,
      }),
      attemptRow({
        ...codex,
        number: 2,
        status: "completed",
        input_tokens: 12,
        output_tokens: 8,
        cost_nanos: 100,
        cost_max_nanos: 100,
        ended_at: DAY + 1,
      }),
    ],
  );
  await saveDelegation(
    db,
    row("cut", {
      ...claude,
      status: "cancelled",
      created_at: 2 * DAY,
      tokens_used: 5,
      cost_nanos: 40,
      cost_max_nanos: 90,
      usage_final: false,
    }),
    [
      attemptRow({
        ...claude,
        status: "cancelled",
        input_tokens: 5,
        cost_nanos: 40,
        cost_max_nanos: 90,
        usage_final: false,
        ended_at: 2 * DAY,
      }),
    ],
  );
  await saveDelegation(
    db,
    row("unpriced", {
      provider: "compatible",
      endpoint: "local",
      model: "llama3",
      status: "completed",
      created_at: 2 * DAY,
      tokens_used: 7,
      cost_nanos: null,
      cost_max_nanos: null,
    }),
    [
      attemptRow({
        provider: "compatible",
        model: "llama3",
        status: "completed",
        input_tokens: 7,
        cost_nanos: null,
        cost_max_nanos: null,
        usage_final: true,
        ended_at: 2 * DAY,
      }),
    ],
  );
  await markDeleted(db, "costs", "cut", 3 * DAY);
  const book = (task_id: string, rows: AttemptRow[]) =>
    saveDelegation(db, delegationRow({ workspace: task_id, task_id, cost_nanos: null, cost_max_nanos: null }), rows);
  const unpriced = { provider: "compatible", model: "llama3", number: 2, cost_max_nanos: null };
  await book("half-priced", [
    attemptRow({ ...claude, status: "interrupted", cost_nanos: 1_080_000, cost_max_nanos: 1_500_000, usage_final: false }),
    attemptRow({ ...unpriced, status: "completed", cost_nanos: null, usage_final: true }),
  ]);
  await book("unpriced-running", [attemptRow({ ...unpriced, cost_nanos: 0 })]);
  await book("unpriced-cut", [attemptRow({ ...unpriced, status: "cancelled", cost_nanos: null })]);
  await book("waiting", []);
  await saveDelegation(db, delegationRow({ workspace: "neighbour", task_id: "x", cost_nanos: 1_000 }), []);
});

describe("costs", () => {
  test("the total counts every delegation of the workspace, deleted ones too", async () => {
    const { groups, total } = await costs(db, "costs", [], {});
    expect(groups).toEqual([]);
    expect(total).toEqual({
      count: 3,
      tokens: 42,
      total_nanos: 170,
      priced_nanos: 170,
      unpriced_count: 1,
      uncertain_nanos: 50,
      wasted_nanos: 70,
    });
  });

  test("by provider it counts attempts: who was really paid, dearest first, unknown last", async () => {
    const { groups, total } = await costs(db, "costs", ["provider"], {});
    expect(groups).toEqual([
      {
        provider: "codex",
        count: 1,
        tokens: 20,
        total_nanos: 100,
        priced_nanos: 100,
        unpriced_count: 0,
        uncertain_nanos: 0,
        wasted_nanos: 0,
      },
      {
        provider: "claude",
        count: 2,
        tokens: 15,
        total_nanos: 70,
        priced_nanos: 70,
        unpriced_count: 0,
        uncertain_nanos: 50,
        wasted_nanos: 70,
      },
      {
        provider: "compatible",
        count: 1,
        tokens: 7,
        total_nanos: null,
        priced_nanos: null,
        unpriced_count: 1,
        uncertain_nanos: 0,
        wasted_nanos: 0,
      },
    ]);
    expect(total).toEqual({
      count: 4,
      tokens: 42,
      total_nanos: 170,
      priced_nanos: 170,
      unpriced_count: 1,
      uncertain_nanos: 50,
      wasted_nanos: 70,
    });
  });

  test("by day and task type together", async () => {
    const { groups } = await costs(db, "costs", ["day", "task_type"], {});
    expect(groups).toMatchObject([
      { day: "1970-01-02", task_type: "TESTING", count: 1, total_nanos: 130 },
      { day: "1970-01-03", task_type: null, count: 2, total_nanos: 40 },
    ]);
  });

  test("filters narrow the groups and the total alike", async () => {
    expect((await costs(db, "costs", [], { created_after: 2 * DAY })).total).toMatchObject({ count: 2, total_nanos: 40 });
    expect((await costs(db, "costs", [], { status: ["completed"] })).total).toMatchObject({ count: 2, total_nanos: 130 });
    expect((await costs(db, "costs", ["model"], { provider: "claude" })).groups).toMatchObject([
      { model: "claude-opus-5-5", total_nanos: 70 },
    ]);
    expect((await costs(db, "costs", ["agent"], { model: "gpt-6.2-sol" })).total).toMatchObject({ count: 1, total_nanos: 100 });
  });

  test.each([{ by: [] }, { by: ["provider"] }, { by: ["day"] }] as const)(
    "one attempt without a price hides nothing that is known, grouped by $by",
    async ({ by }) => {
      const { total } = await costs(db, "half-priced", by, {});
      expect(total).toMatchObject({
        total_nanos: 1_080_000,
        uncertain_nanos: 420_000,
        wasted_nanos: 1_080_000,
        unpriced_count: 1,
      });
    },
  );

  test("the cost known in full leaves out a delegation of which a part has no price", async () => {
    expect((await costs(db, "half-priced", [], {})).total).toMatchObject({ count: 1, priced_nanos: null });
    expect((await costs(db, "half-priced", ["provider"], {})).total).toMatchObject({ count: 2, priced_nanos: 1_080_000 });
  });

  test.each(["unpriced-running", "unpriced-cut"])(
    "a call with neither a final count nor a bound has no known cost: %s",
    async (workspace) => {
      const unknown = { count: 1, total_nanos: null, priced_nanos: null, unpriced_count: 1, uncertain_nanos: 0 };
      expect((await costs(db, workspace, [], {})).total).toMatchObject(unknown);
      expect((await costs(db, workspace, ["model"], {})).total).toMatchObject(unknown);
    },
  );

  test("what is certain is read from the delegations alone, their attempts are left where they are", async () => {
    const workspace = "costs-in-rows";
    const row = delegationRow({ workspace, task_id: "t", tokens_used: 30, cost_nanos: 130, cost_max_nanos: 130 });
    const priced = { usage_final: true, input_tokens: 15, cost_max_nanos: null };
    await saveDelegation(db, row, [
      attemptRow({ ...priced, status: "failed", cost_nanos: 30 }),
      attemptRow({ ...priced, number: 2, status: "completed", cost_nanos: 100 }),
    ]);
    const before = (await costs(db, workspace, ["agent"], {})).total;
    expect(before).toMatchObject({ count: 1, tokens: 30, total_nanos: 130, priced_nanos: 130, wasted_nanos: 30 });
    await env.DB.prepare("delete from attempts where workspace = ?").bind(workspace).run();
    expect((await costs(db, workspace, ["agent"], {})).total).toEqual(before);
  });

  test("a delegation that has not begun has cost nothing", async () => {
    expect((await costs(db, "waiting", [], {})).total).toMatchObject({ count: 1, total_nanos: 0, unpriced_count: 0 });
  });

  test("a workspace without delegations has spent nothing that is known", async () => {
    expect((await costs(db, "empty", ["model"], {})).total).toEqual({
      count: 0,
      tokens: 0,
      total_nanos: null,
      priced_nanos: null,
      unpriced_count: 0,
      uncertain_nanos: 0,
      wasted_nanos: 0,
    });
  });

  test("the books do not change when a delegation is saved twice", async () => {
    const before = await costs(db, "costs", ["provider"], {});
    await saveDelegation(db, delegationRow({ workspace: "costs", task_id: "fell-back", version: 1, cost_nanos: 999 }), [
      attemptRow({ cost_nanos: 999 }),
    ]);
    expect(await costs(db, "costs", ["provider"], {})).toEqual(before);
  });
});

describe("providerHealth", () => {
  test("says of each provider how its latest attempts went", async () => {
    await saveDelegation(db, delegationRow({ workspace: "costs", task_id: "now", created_at: 4 * DAY, attempts: 1 }), [
      attemptRow({ started_at: 4 * DAY }),
    ]);
    const health = await providerHealth(db, "costs", DAY);
    expect(health.get("claude")).toEqual({
      attempts: 2,
      failures: 1,
      inFlight: 1,
      lastOutcome: { status: "cancelled", at: 2 * DAY },
      lastError: { code: "truncated_stream", at: DAY },
      models: ["claude-opus-5-5"],
    });
    expect(health.get("codex")).toMatchObject({ attempts: 1, failures: 0, inFlight: 0, lastError: null });
    expect((await providerHealth(db, "costs", 5 * DAY)).size).toBe(0);
  });
});
