import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { type DelegationFilters, filterConditions } from "./list-delegations.ts";
import { attempts, delegations } from "./schema.ts";

const MAX_GROUPS = 1_000;

const DELEGATION_GROUPS = {
  model: sql`${delegations.model}`,
  provider: sql`${delegations.provider}`,
  agent: sql`${delegations.agent}`,
  task_type: sql`${delegations.task_type}`,
  day: sql`date(${delegations.created_at} / 1000, 'unixepoch')`,
} as const;
export type CostGroup = keyof typeof DELEGATION_GROUPS;

/** Sums over `count` attempts or delegations, in nano-dollars; a sum is null when nothing in it has a known cost. */
export type Costs = {
  count: number;
  tokens: number;
  total_nanos: number | null;
  /** How many have no known cost; they are in no sum. */
  unpriced_count: number;
  /** What may come on top, at most, where the vendor's final usage is missing. */
  uncertain_nanos: number;
  /** Paid to attempts that gave no answer. */
  wasted_nanos: number;
};
type CostRow = Costs & { [group in CostGroup]?: string | null };
export type CostReport = { groups: CostRow[]; total: Costs };

/**
 * What a workspace has spent, deleted delegations included, dearest group first (1,000 at most). As soon as `model` or
 * `provider` is a group or a filter, attempts are counted: who was really paid. Otherwise delegations are.
 */
export async function costs(
  db: Database,
  workspace: string,
  groupBy: readonly CostGroup[],
  filters: DelegationFilters,
): Promise<CostReport> {
  const perAttempt = PAID_TO.some((name) => groupBy.includes(name) || filters[name] !== undefined);
  const source = perAttempt ? attemptSource(workspace, filters) : delegationSource(workspace, filters);
  const groups = groupBy.map((name) => sql`${source.groups[name]} as ${sql.identifier(name)}`);
  const terms = sql.join(
    groupBy.map((name) => source.groups[name]),
    sql`, `,
  );
  const [rows, [total]] = await Promise.all([
    groupBy.length === 0
      ? []
      : db.all<CostRow>(sql`select ${sql.join([...groups, source.sums], sql`, `)} ${source.from} group by ${terms}
          order by total_nanos is null, total_nanos desc, count desc, ${terms} limit ${MAX_GROUPS}`),
    db.all<Costs>(sql`select ${source.sums} ${source.from}`),
  ]);
  return { groups: rows, total: total ?? NOTHING };
}

const PAID_TO = ["model", "provider"] as const;
const NOTHING: Costs = { count: 0, tokens: 0, total_nanos: null, unpriced_count: 0, uncertain_nanos: 0, wasted_nanos: 0 };

type Source = { groups: { readonly [group in CostGroup]: SQL }; sums: SQL; from: SQL };

function delegationSource(workspace: string, filters: DelegationFilters): Source {
  return {
    groups: DELEGATION_GROUPS,
    sums: sums({
      tokens: sql`${delegations.tokens_used}`,
      cost: sql`${delegations.cost_nanos}`,
      most: sql`${delegations.cost_max_nanos}`,
      isFinal: sql`${delegations.usage_final}`,
      wasted: sql`${delegations.wasted_nanos}`,
    }),
    from: sql`from ${delegations} where ${and(eq(delegations.workspace, workspace), ...filterConditions(filters))}`,
  };
}

/** CROSS JOIN keeps SQLite to this order: delegations by their index, then the attempts of each by their primary key. */
function attemptSource(workspace: string, { model, provider, ...filters }: DelegationFilters): Source {
  const conditions = [
    eq(delegations.workspace, workspace),
    ...filterConditions(filters),
    model === undefined ? undefined : eq(attempts.model, model),
    provider === undefined ? undefined : eq(attempts.provider, provider),
  ];
  return {
    groups: { ...DELEGATION_GROUPS, model: sql`${attempts.model}`, provider: sql`${attempts.provider}` },
    sums: sums({
      tokens: sql`${attempts.input_tokens} + ${attempts.output_tokens}`,
      cost: sql`${attempts.cost_nanos}`,
      most: sql`${attempts.cost_max_nanos}`,
      isFinal: sql`${attempts.usage_final}`,
      wasted: sql`case when ${attempts.status} not in ('completed', 'running') then coalesce(${attempts.cost_nanos}, 0) else 0 end`,
    }),
    from: sql`from ${delegations} cross join ${attempts}
      on ${attempts.workspace} = ${delegations.workspace} and ${attempts.task_id} = ${delegations.task_id} where ${and(...conditions)}`,
  };
}

function sums(of: { tokens: SQL; cost: SQL; most: SQL; isFinal: SQL; wasted: SQL }): SQL {
  return sql`count(*) as count, coalesce(sum(${of.tokens}), 0) as tokens, sum(${of.cost}) as total_nanos,
    coalesce(sum(${of.cost} is null), 0) as unpriced_count,
    coalesce(sum(case when ${of.isFinal} then 0 else max(coalesce(${of.most}, 0) - coalesce(${of.cost}, 0), 0) end), 0) as uncertain_nanos,
    coalesce(sum(${of.wasted}), 0) as wasted_nanos`;
}
