import { DAY_MS } from "../../../src/db/cost-days.ts";
import type { CostGroup } from "../../../src/db/costs.ts";
import type { DelegationFilters } from "../../../src/db/delegation-filters.ts";
import type { AttemptRow, DelegationRow } from "../../../src/db/save-delegation.ts";
import { attemptRow, delegationRow } from "./rows.ts";

/** The days, since the epoch, that entries are from. */
export const FIRST_DAY = 20_000;
export const TODAY = FIRST_DAY + 5;

/** A delegation that the books could hold: its row is the sum of its attempts. */
export function entry(workspace: string, index: number, random: () => number): [DelegationRow, AttemptRow[]] {
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

/** Groups of reports, each of a kind. */
export const GROUPS: CostGroup[][] = [
  [],
  ["model"],
  ["provider", "day"],
  ["agent", "task_type"],
  ["key"],
  ["day"],
  ["batch"],
  ["batch", "flow", "day"],
  ["flow", "model"],
];
/** The same of filters. */
export const FILTERS: DelegationFilters[] = [
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
