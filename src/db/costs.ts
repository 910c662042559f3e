import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { type DelegationFilters, filterConditions } from "./delegation-filters.ts";
import { attempts, delegations } from "./schema.ts";

const MAX_GROUPS = 1_000;

export type CostGroup = "model" | "provider" | "agent" | "task_type" | "day";

/** Sums over `count` attempts or delegations, in nano-dollars; a sum is null when nothing in it has a known cost. */
export type Costs = {
  count: number;
  tokens: number;
  /** All that is known to have been spent, also on those whose cost is not known in full. */
  total_nanos: number | null;
  /** The part of it that belongs to those whose cost is known in full. */
  priced_nanos: number | null;
  /** How many have a cost that is not known in full: one of their attempts has no price, or no upper bound. */
  unpriced_count: number;
  /** What may come on top, at most, where the vendor's final usage is missing and a price is known. */
  uncertain_nanos: number;
  /** Paid to attempts that gave no answer. */
  wasted_nanos: number;
};
type CostRow = Costs & { [group in CostGroup]?: string | null };
export type CostReport = { groups: CostRow[]; total: Costs };

/**
 * What a workspace has spent, deleted delegations included, dearest group first (1,000 at most). The money is always that of
 * the attempts. As soon as `model` or `provider` is a group or a filter, attempts are counted: who was really paid. Otherwise
 * delegations are.
 */
export async function costs(
  db: Database,
  workspace: string,
  groupBy: readonly CostGroup[],
  filters: DelegationFilters,
): Promise<CostReport> {
  const perAttempt = PAID_TO.some((name) => groupBy.includes(name) || filters[name] !== undefined);
  const entries = perAttempt ? paidAttempts(workspace, filters) : paidDelegations(workspace, filters);
  const terms = sql.join(
    groupBy.map((name) => sql.identifier(name)),
    sql`, `,
  );
  const [rows, [total]] = await Promise.all([
    groupBy.length === 0
      ? []
      : db.all<CostRow>(sql`select ${terms}, ${SUMS} from (${entries}) group by ${terms}
          order by total_nanos is null, total_nanos desc, count desc, ${terms} limit ${MAX_GROUPS}`),
    db.all<Costs>(sql`select ${SUMS} from (${entries})`),
  ]);
  return { groups: rows, total: total ?? NOTHING };
}

const PAID_TO = ["model", "provider"] as const;
const NOTHING: Costs = {
  count: 0,
  tokens: 0,
  total_nanos: null,
  priced_nanos: null,
  unpriced_count: 0,
  uncertain_nanos: 0,
  wasted_nanos: 0,
};

const SUMS = sql.raw(`count(*) as count, coalesce(sum(tokens), 0) as tokens, sum(known) as total_nanos,
  sum(case when not unpriced then known end) as priced_nanos, coalesce(sum(unpriced), 0) as unpriced_count,
  coalesce(sum(uncertain), 0) as uncertain_nanos, coalesce(sum(wasted), 0) as wasted_nanos`);

const { cost_nanos: cost, cost_max_nanos: most, usage_final: isFinal, status } = attempts;

/** What one attempt adds. An attempt that may go on and has no upper bound has no price: the 0 it began with says nothing. */
const ATTEMPT = {
  tokens: sql`${attempts.input_tokens} + ${attempts.output_tokens}`,
  known: sql`case when ${most} is null and not ${isFinal} then nullif(${cost}, 0) else ${cost} end`,
  unpriced: sql`${cost} is null or (${most} is null and not ${isFinal})`,
  uncertain: sql`case when ${isFinal} then 0 else max(coalesce(${most}, 0) - coalesce(${cost}, 0), 0) end`,
  wasted: sql`case when ${status} not in ('completed', 'running') then coalesce(${cost}, 0) else 0 end`,
} as const;

const OF_DELEGATION = sql`${delegations.agent} as agent, ${delegations.task_type} as task_type,
  date(${delegations.created_at} / 1000, 'unixepoch') as day`;
const SAME_TASK = sql`${attempts.workspace} = ${delegations.workspace} and ${attempts.task_id} = ${delegations.task_id}`;

/** Work on record has no attempts: it adds what was told of it. */
const ON_RECORD = sql`${delegations.source} = 'recorded'`;
const RECORDED = {
  tokens: sql`${delegations.tokens_used}`,
  known: sql`${delegations.cost_nanos}`,
  unpriced: sql`${delegations.cost_nanos} is null`,
  uncertain: sql`0`,
  wasted: sql`case when ${delegations.status} = 'completed' then 0 else coalesce(${delegations.cost_nanos}, 0) end`,
} as const;

/** Its row says all of it: work on record, and what has a certain cost. The attempts of the others tell what is known of theirs. */
const IN_ROW = sql`(${ON_RECORD} or (${delegations.cost_nanos} is not null and ${delegations.usage_final}))`;

/**
 * One row per delegation; one without attempts has cost nothing, unless it is on record. Only attempts that have more to say than
 * their delegation's row are read. The GROUP BY follows the index that the delegations are read by, so that nothing is sorted.
 */
function paidDelegations(workspace: string, filters: DelegationFilters): SQL {
  const none = sql`count(${attempts.number}) = 0`;
  const told = (inRow: SQL, sum: SQL) => sql`case when ${IN_ROW} then ${inRow} when ${none} then 0 else ${sum} end`;
  return sql`select ${OF_DELEGATION}, ${delegations.tokens_used} as tokens,
    ${told(RECORDED.known, sql`sum(${ATTEMPT.known})`)} as known,
    ${told(RECORDED.unpriced, sql`max(${ATTEMPT.unpriced})`)} as unpriced,
    ${told(RECORDED.uncertain, sql`sum(${ATTEMPT.uncertain})`)} as uncertain,
    case when ${ON_RECORD} then ${RECORDED.wasted} else ${delegations.wasted_nanos} end as wasted
    from ${delegations} left join ${attempts} on ${attempts.workspace} = case when ${IN_ROW} then null else ${delegations.workspace} end
      and ${attempts.task_id} = ${delegations.task_id}
    where ${and(eq(delegations.workspace, workspace), ...filterConditions(filters))}
    group by ${delegations.created_at}, ${delegations.task_id}`;
}

/**
 * One row per attempt, and per work on record. LEFT JOIN keeps SQLite to this order: delegations by their index, then the attempts
 * of each by their primary key.
 */
function paidAttempts(workspace: string, { model, provider, ...filters }: DelegationFilters): SQL {
  const orRecorded = (name: keyof typeof RECORDED) =>
    sql`case when ${ON_RECORD} then ${RECORDED[name]} else ${ATTEMPT[name]} end`;
  const [ofModel, ofProvider] = (["model", "provider"] as const).map(
    (name) => sql`case when ${ON_RECORD} then ${delegations[name]} else ${attempts[name]} end`,
  );
  const conditions = [
    eq(delegations.workspace, workspace),
    ...filterConditions(filters),
    sql`(${attempts.number} is not null or ${ON_RECORD})`,
    model === undefined ? undefined : sql`${ofModel} = ${model}`,
    provider === undefined ? undefined : sql`${ofProvider} = ${provider}`,
  ];
  return sql`select ${OF_DELEGATION}, ${ofModel} as model, ${ofProvider} as provider, ${orRecorded("tokens")} as tokens,
    ${orRecorded("known")} as known, ${orRecorded("unpriced")} as unpriced, ${orRecorded("uncertain")} as uncertain,
    ${orRecorded("wasted")} as wasted
    from ${delegations} left join ${attempts} on ${SAME_TASK} where ${and(...conditions)}`;
}
