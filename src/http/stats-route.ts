import { z } from "zod";
import { createDatabase } from "../db/client.ts";
import { MOST_LOOKED_AT } from "../db/latest-delegations.ts";
import { type ErrorRow, STAT_GROUPS, type StatGroup, type StatRow, type StatsOf, stats } from "../db/stats.ts";
import { TASK_TYPES } from "../models/task-words.ts";
import { PROVIDER_IDS } from "../providers/provider.ts";
import type { Api } from "./api.ts";
import type { Operation } from "./operation.ts";
import { listParameter } from "./query-parameters.ts";
import { WINDOW, windowOf } from "./report-window.ts";

const Percentiles = z.object({ p50: z.number().nullable(), p95: z.number().nullable() });
const counts = {
  count: z.int().meta({ description: "All of them, those still open or running too." }),
  completed: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  success_rate: z.number().nullable().meta({ description: "Completed ones of those that ended, cancelled ones left out." }),
  errors: z.record(z.string(), z.int()).meta({ description: "How many ended with each error code." }),
  tokens: z.int(),
  average_score: z.number().nullable(),
};
const AttemptStats = z
  .object({
    ...counts,
    interrupted: z.int(),
    latency_ms: Percentiles.meta({ description: "From request to end, of completed ones." }),
    time_to_first_token_ms: Percentiles,
  })
  .meta({ id: "AttemptStats", description: "Attempts: who was called, and who really failed." });
const DelegationStats = z
  .object({ ...counts, latency_ms: Percentiles.meta({ description: "From creation to completion, of completed ones." }) })
  .meta({
    id: "DelegationStats",
    description: "Delegations: what callers got. Model and provider are those of the last attempt.",
  });

const group = z.string().nullable().optional();
const StatsGroup = z
  .object({ model: group, provider: group, agent: group, task_type: group, delegations: DelegationStats, attempts: AttemptStats })
  .meta({ id: "StatsGroup" });
const StatsReport = z
  .object({
    data: z.array(StatsGroup),
    complete: z.boolean().meta({ description: "False when only the latest 50,000 delegations of the window were looked at." }),
  })
  .meta({ id: "StatsReport" });
export type StatsReport = z.infer<typeof StatsReport>;

const name = z.string().min(1).max(200).optional();

const report = {
  method: "get",
  path: "/v1/stats",
  id: "getStats",
  tag: "Models",
  scope: "read",
  summary: "How delegations and their attempts went: success, errors, latency",
  description:
    "By default of the last 24 hours. Percentiles are exact. Ask `attempts` how models and providers do, and `delegations` how agents and kinds of work do: one that fell back is a success with a failed attempt. Work that was only recorded has no latency.",
  querySchema: z.strictObject({
    group_by: listParameter(STAT_GROUPS, "Grouped by.").optional(),
    provider: z.enum(PROVIDER_IDS).optional(),
    model: name.meta({ description: "The vendor's model id." }),
    task_type: z.enum(TASK_TYPES).optional(),
    agent: name,
    ...WINDOW,
  }),
  successes: {
    200: { description: "The groups, most attempts and delegations first; one for all without `group_by`.", schema: StatsReport },
  },
  errors: [],
} as const satisfies Operation;

export function addStatsRoute(api: Api): void {
  api.add(report, async ({ context, principal, query }) => {
    const { group_by = [], window, created_after, created_before, ...filters } = query;
    const span = windowOf({ window, created_after, created_before }, Date.now());
    const found = await stats(createDatabase(context.env.DB), principal.workspace, group_by, { ...filters, ...span });
    const attempts = keyed(found.attempts, group_by);
    const delegations = keyed(found.delegations, group_by);
    const keys = [...new Set([...delegations.keys(), ...attempts.keys()])];
    const data = keys.map((key) => {
      const ofAttempts = attempts.get(key) ?? NONE;
      const ofDelegations = delegations.get(key) ?? NONE;
      const named = (attempts.get(key) ?? delegations.get(key))?.row ?? {};
      return {
        ...Object.fromEntries(group_by.map((each) => [each, named[each] ?? null])),
        delegations: delegationStats(ofDelegations),
        attempts: attemptStats(ofAttempts),
      };
    });
    data.sort((one, other) => sizeOf(other) - sizeOf(one));
    return context.json({ data, complete: found.lookedAt < MOST_LOOKED_AT });
  });
}

type Found = { row: Partial<StatRow>; errors: { [code: string]: number } };
const NONE: Found = { row: {}, errors: {} };

const sizeOf = ({ delegations, attempts }: { delegations: { count: number }; attempts: { count: number } }): number =>
  delegations.count + attempts.count;

function keyed({ groups, errors }: StatsOf, groupBy: readonly StatGroup[]): Map<string, Found> {
  const keyOf = (row: StatRow | ErrorRow) => JSON.stringify(groupBy.map((each) => row[each] ?? null));
  const codes = Map.groupBy(errors, keyOf);
  return new Map(
    groups.map((row) => {
      const own = codes.get(keyOf(row)) ?? [];
      return [keyOf(row), { row, errors: Object.fromEntries(own.map(({ code, count }) => [code, count])) }];
    }),
  );
}

function shared({ row, errors }: Found) {
  const { count = 0, completed = 0, failed = 0, interrupted = 0, cancelled = 0, tokens = 0, average_score = null } = row;
  const ended = completed + failed + interrupted;
  const success_rate = ended === 0 ? null : completed / ended;
  const latency_ms = { p50: row.latency_p50 ?? null, p95: row.latency_p95 ?? null };
  return { count, completed, failed, cancelled, success_rate, errors, tokens, average_score, latency_ms };
}

const delegationStats = (found: Found): z.infer<typeof DelegationStats> => shared(found);

const attemptStats = (found: Found): z.infer<typeof AttemptStats> => ({
  ...shared(found),
  interrupted: found.row.interrupted ?? 0,
  time_to_first_token_ms: { p50: found.row.first_token_p50 ?? null, p95: found.row.first_token_p95 ?? null },
});
