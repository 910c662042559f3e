import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { createDatabase } from "../../../src/db/client.ts";
import { DAY_MS } from "../../../src/db/cost-days.ts";
import { type CostGroup, costs } from "../../../src/db/costs.ts";
import type { DelegationFilters } from "../../../src/db/delegation-filters.ts";
import { type AttemptRow, type DelegationRow, markDeleted, saveDelegation } from "../../../src/db/save-delegation.ts";
import { indexHistory } from "../../../src/sweep/index-history.ts";
import { rollCosts } from "../../../src/sweep/roll-costs.ts";
import { forgetHistory } from "../../support/forget-history.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { attemptRow, delegationRow } from "./rows.ts";

const db = createDatabase(env.DB);
const FIRST_DAY = 20_000;
const TODAY = FIRST_DAY + 5;

const roll = () => rollCosts(db, TODAY * DAY_MS + 1_000);
const rolled = async (workspace: string) =>
  (await env.DB.prepare("select day, rolled from cost_days where workspace = ? order by day").bind(workspace).all()).results.map(
    ({ day, rolled: is }) => [Number(day) - FIRST_DAY, is],
  );

/** A delegation that the books could hold: its row is the sum of its attempts. */
function entry(workspace: string, index: number, random: () => number): [DelegationRow, AttemptRow[]] {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const source = pick(["run", "run", "run", "recorded"]);
  const attempts = Array.from({ length: source === "recorded" ? 0 : pick([0, 1, 1, 1, 2, 3]) }, (_, at) => {
    const [provider, model] = pick([
      ["claude", "opus"],
      ["codex", "sol"],
      ["copilot", ""],
      ["compatible", "llama"],
    ] as const);
    const usage_final = random() < 0.7;
    const cost_nanos = random() < 0.2 ? null : Math.floor(random() * 1_000);
    const cost_max_nanos = cost_nanos === null ? null : usage_final ? cost_nanos : pick([null, cost_nanos + 70]);
    const tokens = { input_tokens: Math.floor(random() * 100), output_tokens: Math.floor(random() * 100) };
    const status = pick(["completed", "failed", "interrupted", "cancelled"]);
    return attemptRow({ number: at + 1, provider, model, status, usage_final, cost_nanos, cost_max_nanos, ...tokens });
  });
  const known = attempts.every(({ cost_nanos }) => cost_nanos !== null);
  const cost = known ? attempts.reduce((sum, { cost_nanos }) => sum + (cost_nanos ?? 0), 0) : null;
  const last = attempts.at(-1);
  const row = delegationRow({
    workspace,
    task_id: `t${index}`,
    source,
    created_at: (FIRST_DAY + Math.floor(random() * 6)) * DAY_MS + Math.floor(random() * DAY_MS),
    status: pick(["completed", "failed", "cancelled"]),
    agent: pick(["coder", "tester"]),
    task_type: pick(["TESTING", null]),
    created_by: pick(["ci", "owner"]),
    batch_id: pick(["b1", null]),
    flow_id: pick(["f1", null]),
    provider: last?.provider ?? "claude",
    model: last === undefined ? "opus" : last.model || null,
    tokens_used: attempts.reduce((sum, each) => sum + each.input_tokens + each.output_tokens, source === "recorded" ? 9 : 0),
    cost_nanos: source === "recorded" ? pick([null, 40]) : cost,
    usage_final: attempts.every(({ usage_final }) => usage_final),
    attempts: attempts.length,
  });
  return [row, attempts];
}

const GROUPS: CostGroup[][] = [
  [],
  ["model"],
  ["provider", "day"],
  ["agent", "task_type"],
  ["key"],
  ["day"],
  ["batch"],
  ["flow", "model"],
];
const FILTERS: DelegationFilters[] = [
  {},
  { status: ["failed", "cancelled"] },
  { agent: "coder", task_type: "TESTING" },
  { provider: "claude" },
  { model: "sol", source: "run" },
  { source: "recorded" },
  { min_cost_nanos: 300 },
  { created_after: FIRST_DAY * DAY_MS + 5_000_000, created_before: (FIRST_DAY + 3) * DAY_MS + 7_000_000 },
  { created_after: (FIRST_DAY + 1) * DAY_MS, created_before: (FIRST_DAY + 2) * DAY_MS },
  { created_after: (FIRST_DAY + 2) * DAY_MS + 1, created_before: (FIRST_DAY + 2) * DAY_MS + 40_000_000 },
];
const reports = (workspace: string) =>
  Promise.all(GROUPS.flatMap((by) => FILTERS.map((filters) => costs(db, workspace, by, filters))));

describe("costs of days that are summed up", () => {
  test("are to the nano what reading every delegation gives, for all groups, filters and spans", async () => {
    const random = seededRandom(7);
    for (let index = 0; index < 120; index += 1) await saveDelegation(db, ...entry("summed", index, random));
    const read = await reports("summed");
    await roll();
    expect(await rolled("summed")).toEqual([0, 1, 2, 3, 4, 5].map((day) => [day, day === 5 ? 0 : 1]));
    expect(await reports("summed")).toEqual(read);
    expect(read[0]?.total.count).toBe(120);
  });

  test("follow what changes afterwards, at once and after the next sweep", async () => {
    const random = seededRandom(8);
    for (let index = 0; index < 40; index += 1) await saveDelegation(db, ...entry("changed", index, random));
    await saveDelegation(
      db,
      delegationRow({ workspace: "changed", task_id: "late", created_at: FIRST_DAY * DAY_MS, cost_nanos: null, attempts: 1 }),
      [attemptRow({ cost_nanos: null, cost_max_nanos: null })],
    );
    await roll();
    const before = await costs(db, "changed", ["provider"], {});
    const ended = { status: "completed", usage_final: true, cost_nanos: 777, cost_max_nanos: 777 } as const;
    await saveDelegation(
      db,
      delegationRow({ workspace: "changed", task_id: "late", version: 2, created_at: FIRST_DAY * DAY_MS, attempts: 1, ...ended }),
      [attemptRow(ended)],
    );
    await saveDelegation(
      db,
      delegationRow({ workspace: "changed", task_id: "back-dated", created_at: (FIRST_DAY + 1) * DAY_MS }),
      [],
    );
    expect(await rolled("changed")).toMatchObject([
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 1],
      [4, 1],
      [5, 0],
    ]);
    const after = await reports("changed");
    expect((await costs(db, "changed", ["provider"], {})).total.total_nanos).toBe((before.total.total_nanos ?? 0) + 777);
    await roll();
    expect(await rolled("changed")).toMatchObject([
      [0, 1],
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 1],
      [5, 0],
    ]);
    expect(await reports("changed")).toEqual(after);
  });

  test("follow a delegation that changes without its attempts", async () => {
    const row = { workspace: "alone", task_id: "a", created_at: FIRST_DAY * DAY_MS, source: "recorded" };
    await saveDelegation(db, delegationRow({ ...row, cost_nanos: 5 }), []);
    await roll();
    await saveDelegation(db, delegationRow({ ...row, version: 2, cost_nanos: 9 }), []);
    expect((await costs(db, "alone", [], {})).total.total_nanos).toBe(9);
  });

  test("stay when delegations are deleted, and need not be summed up anew", async () => {
    const random = seededRandom(9);
    for (let index = 0; index < 20; index += 1) await saveDelegation(db, ...entry("deleted", index, random));
    await roll();
    const before = [await reports("deleted"), await rolled("deleted")];
    for (let index = 0; index < 20; index += 1) await markDeleted(db, "deleted", `t${index}`, 1);
    expect([await reports("deleted"), await rolled("deleted")]).toEqual(before);
  });

  test("of one workspace are not another's", async () => {
    await saveDelegation(
      db,
      delegationRow({ workspace: "one-of-two", task_id: "a", created_at: FIRST_DAY * DAY_MS, attempts: 0 }),
      [],
    );
    await saveDelegation(
      db,
      delegationRow({ workspace: "two-of-two", task_id: "a", created_at: FIRST_DAY * DAY_MS, attempts: 0 }),
      [],
    );
    await roll();
    expect((await costs(db, "one-of-two", [], {})).total.count).toBe(1);
  });
});

describe("costs of a property", () => {
  test("are to the nano those of its delegations alone, for all groups, filters and spans, indexed or not", async () => {
    await forgetHistory();
    const random = seededRandom(10);
    for (let index = 0; index < 60; index += 1) {
      const [row, attempts] = entry("propertied", index, random);
      const completed_at = (TODAY + (index < 30 ? 1 : 2)) * DAY_MS;
      // The index tells numbers apart by their whole part only.
      const team = index % 2 === 0 ? 7 : 7.5;
      await saveDelegation(db, { ...row, completed_at, properties: { team } }, attempts);
      if (team === 7) await saveDelegation(db, { ...row, workspace: "seven-alone" }, attempts);
    }
    const alone = await reports("seven-alone");
    const ofTeam = () =>
      Promise.all(
        GROUPS.flatMap((by) => FILTERS.map((filters) => costs(db, "propertied", by, { ...filters, properties: { team: "7" } }))),
      );
    expect(alone[0]?.total.count).toBe(30);
    for (const days of [0, 1, 2]) {
      await indexHistory(db, (TODAY + days) * DAY_MS + 100_000);
      const { results } = await env.DB.prepare("select task_id from history where workspace = 'propertied'").all();
      expect(results.length).toBe(30 * days);
      expect(await ofTeam()).toEqual(alone);
    }
  });
});
