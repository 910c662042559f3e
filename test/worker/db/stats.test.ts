import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/db/client.ts";
import { saveDelegation } from "../../../src/db/save-delegation.ts";
import { STAT_GROUPS, type StatRow, stats } from "../../../src/db/stats.ts";
import { plansOf } from "./query-plans.ts";
import { attemptRow, delegationRow } from "./rows.ts";

const db = createDatabase(env.DB);
const T0 = 1_000_000;

/** Latencies of so many completed delegations of one agent: 7 ms, 14 ms, … in no order. */
const LATENCIES = Array.from({ length: 41 }, (_, index) => (((index * 17) % 41) + 1) * 7);
/** The smallest value that at least so many percent of all are no greater than. */
const percentile = (values: readonly number[], percent: number): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.ceil((percent / 100) * values.length) - 1];

beforeAll(async () => {
  const row = (task_id: string, changes: object) =>
    delegationRow({ workspace: "stats", task_id, status: "completed", created_at: T0, completed_at: T0 + 1, ...changes });
  const done = { status: "completed", started_at: T0, ended_at: T0 + 1, input_tokens: 3, output_tokens: 2 };
  await Promise.all(
    LATENCIES.map((ms, index) =>
      saveDelegation(db, row(`coder-${index}`, { agent: "coder", completed_at: T0 + ms, score: index / 40, tokens_used: 5 }), [
        attemptRow({ ...done, first_token_at: T0 + Math.ceil(ms / 2), ended_at: T0 + ms }),
      ]),
    ),
  );
  const failed = attemptRow({ status: "failed", error_code: "provider_overloaded", started_at: T0, ended_at: T0 + 9_999 });
  const codex = { provider: "codex", model: "gpt-6.2-sol" };
  await saveDelegation(db, row("fell-back", { ...codex, agent: "writer", task_type: "TESTING", completed_at: T0 + 50 }), [
    failed,
    attemptRow({ ...done, ...codex, number: 2, ended_at: T0 + 40 }),
  ]);
  await saveDelegation(
    db,
    row("failed", { agent: "writer", status: "failed", error_code: "provider_overloaded", completed_at: T0 + 9_999 }),
    [failed],
  );
  await saveDelegation(db, row("cancelled", { agent: "writer", status: "cancelled", error_code: "cancelled" }), []);
  await saveDelegation(db, row("recorded", { agent: "writer", source: "recorded", completed_at: T0 + 77_777 }), []);
  await saveDelegation(db, row("old", { agent: "writer", created_at: 5 }), [attemptRow({ ...done, started_at: 5 })]);
  await saveDelegation(db, delegationRow({ workspace: "neighbour", task_id: "x", created_at: T0 }), []);
});

const since = { created_after: T0 };
const of = (rows: readonly StatRow[], name: object) =>
  rows.find((row) => Object.entries(name).every(([key, value]) => Reflect.get(row, key) === value));

describe("stats", () => {
  test("percentiles are those of all completed ones of the group, by nearest rank", async () => {
    const { attempts, delegations } = await stats(db, "stats", ["agent"], since);
    const firsts = LATENCIES.map((ms) => Math.ceil(ms / 2));
    const latencies = { latency_p50: percentile(LATENCIES, 50), latency_p95: percentile(LATENCIES, 95) };
    expect(of(delegations.groups, { agent: "coder" })).toMatchObject({ count: 41, completed: 41, tokens: 205, ...latencies });
    expect(of(attempts.groups, { agent: "coder" })).toMatchObject({
      ...latencies,
      first_token_p50: percentile(firsts, 50),
      first_token_p95: percentile(firsts, 95),
    });
    expect(of(delegations.groups, { agent: "coder" })?.average_score).toBeCloseTo(0.5);
  });

  test("failed and recorded work has no part in the times; a delegation that fell back is a success", async () => {
    const { delegations } = await stats(db, "stats", ["agent"], since);
    const writer = { count: 4, completed: 2, failed: 1, cancelled: 1, latency_p50: 50, latency_p95: 50, first_token_p50: null };
    expect(of(delegations.groups, { agent: "writer" })).toMatchObject(writer);
    expect(delegations.errors).toEqual([
      { agent: "writer", code: "cancelled", count: 1 },
      { agent: "writer", code: "provider_overloaded", count: 1 },
    ]);
  });

  test("by model attempts are counted with who was called, delegations with who had the last word", async () => {
    const { attempts, delegations } = await stats(db, "stats", ["provider"], since);
    expect(of(attempts.groups, { provider: "claude" })).toMatchObject({ count: 43, completed: 41, failed: 2 });
    expect(of(attempts.groups, { provider: "codex" })).toMatchObject({ count: 1, completed: 1, latency_p50: 40 });
    expect(attempts.errors).toEqual([{ provider: "claude", code: "provider_overloaded", count: 2 }]);
    expect(of(delegations.groups, { provider: "codex" })).toMatchObject({ count: 1, failed: 0 });
  });

  test("several groups are combined, and the filters hold for both", async () => {
    const { attempts, delegations } = await stats(db, "stats", ["agent", "model"], {
      ...since,
      agent: "writer",
      provider: "codex",
    });
    expect(attempts.groups).toMatchObject([{ agent: "writer", model: "gpt-6.2-sol", count: 1 }]);
    expect(delegations.groups).toMatchObject([{ agent: "writer", model: "gpt-6.2-sol", count: 1 }]);
  });

  test("without groups all is one group, also when there is nothing", async () => {
    const { delegations, lookedAt } = await stats(db, "stats", [], since);
    expect([delegations.groups.length, delegations.groups[0]?.count, lookedAt]).toEqual([1, 45, 45]);
    const none = await stats(db, "nobody", [], since);
    expect(none.delegations.groups).toMatchObject([{ count: 0, completed: 0, latency_p50: null }]);
  });

  test.each([[[]], [STAT_GROUPS]])("grouped by %j reads the window by the index and attempts by their key", async (by) => {
    const plan = await plansOf((told) => stats(told, "w", by, since));
    expect(plan).toContain("delegations_by_time (workspace=? AND created_at>?)");
    expect(plan).toContain("SEARCH attempts USING PRIMARY KEY (workspace=? AND task_id=?)");
    expect(plan).not.toMatch(/SCAN (delegations|attempts)/);
  });
});
