import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import type { DelegationFilters } from "./delegation-filters.ts";
import { latestDelegations } from "./latest-delegations.ts";
import { attempts, delegations } from "./schema.ts";

const MAX_GROUPS = 500;

export const STAT_GROUPS = ["model", "provider", "agent", "task_type"] as const;
export type StatGroup = (typeof STAT_GROUPS)[number];

/** How `count` attempts or delegations went. Times in milliseconds, of completed ones only; null where there is none. */
type Stats = {
  count: number;
  completed: number;
  failed: number;
  interrupted: number;
  cancelled: number;
  tokens: number;
  latency_p50: number | null;
  latency_p95: number | null;
  first_token_p50: number | null;
  first_token_p95: number | null;
  average_score: number | null;
};
type Named = { [group in StatGroup]?: string | null };
export type StatRow = Stats & Named;
export type ErrorRow = Named & { code: string; count: number };
export type StatsOf = { groups: StatRow[]; errors: ErrorRow[] };

/** What is counted: in `attempts` model and provider are those that were called, in `delegations` those that had the last word. */
export type StatReport = { attempts: StatsOf; delegations: StatsOf; lookedAt: number };

/**
 * How the delegations created in a window went, and their attempts, by group: 500 groups at most. Percentiles are exact (nearest
 * rank). Recorded work counts, but has no times. Five queries, whatever the number of groups.
 */
export async function stats(
  db: Database,
  workspace: string,
  groupBy: readonly StatGroup[],
  filters: DelegationFilters,
): Promise<StatReport> {
  const ofAttempts = attemptEntries(workspace, filters);
  const ofDelegations = delegationEntries(workspace, filters);
  const [calls, callErrors, ended, endErrors, [looked]] = await Promise.all([
    db.all<StatRow>(statQuery(ofAttempts, groupBy)),
    db.all<ErrorRow>(errorQuery(ofAttempts, groupBy)),
    db.all<StatRow>(statQuery(ofDelegations, groupBy)),
    db.all<ErrorRow>(errorQuery(ofDelegations, groupBy)),
    db.all<{ count: number }>(sql`select count(*) as count from (${latestDelegations(workspace, filters, sql`1`)})`),
  ]);
  return {
    attempts: { groups: calls, errors: callErrors },
    delegations: { groups: ended, errors: endErrors },
    lookedAt: looked?.count ?? 0,
  };
}

const names = (groupBy: readonly StatGroup[]): SQL[] => groupBy.map((name) => sql.identifier(name)).map((name) => sql`${name}`);
const listed = (parts: readonly SQL[]): SQL => sql.join([...parts], sql`, `);

/** Every entry gets its rank by each time in its group, and each percentile is that of the entry whose rank it is. */
function statQuery(entries: SQL, groupBy: readonly StatGroup[]): SQL {
  const by = names(groupBy);
  const partition = by.length === 0 ? sql`` : sql`partition by ${listed(by)}`;
  const ranks = TIMES.map(({ time, rank, ranked }) =>
    listed([
      sql`row_number() over (${partition} order by ${time} is null, ${time}) as ${rank}`,
      sql`count(${time}) over (${partition}) as ${ranked}`,
    ]),
  );
  const percentiles = TIMES.flatMap(({ name, time, rank, ranked }) =>
    [50, 95].map(
      (percent) =>
        sql`max(case when ${rank} = (${ranked} * ${sql.raw(`${percent}`)} + 99) / 100 then ${time} end) as ${sql.identifier(`${name}_p${percent}`)}`,
    ),
  );
  return sql`select ${listed([...by, COUNTS, ...percentiles])} from (select *, ${listed(ranks)} from (${entries}))
    ${by.length === 0 ? sql`` : sql`group by ${listed(by)}`} order by count desc, ${listed([...by, sql`1`])} limit ${MAX_GROUPS}`;
}

function errorQuery(entries: SQL, groupBy: readonly StatGroup[]): SQL {
  const by = [...names(groupBy), sql`error_code`];
  return sql`select ${listed([...names(groupBy), sql`error_code as code`])}, count(*) as count from (${entries})
    where error_code is not null group by ${listed(by)} order by count desc, error_code`;
}

const TIMES = ["latency", "first_token"].map((name) => ({
  name,
  time: sql.identifier(name),
  rank: sql.identifier(`${name}_rank`),
  ranked: sql.identifier(`${name}_ranked`),
}));

const COUNTS = sql.raw(
  `count(*) as count, ${["completed", "failed", "interrupted", "cancelled"]
    .map((status) => `coalesce(sum(status = '${status}'), 0) as ${status}`)
    .join(", ")}, coalesce(sum(tokens), 0) as tokens, avg(score) as average_score`,
);

function delegationEntries(workspace: string, filters: DelegationFilters): SQL {
  const { agent, task_type, provider, model, status, error_code, score, source } = delegations;
  const timed = sql`${status} = 'completed' and ${source} <> 'recorded'`;
  return latestDelegations(
    workspace,
    filters,
    sql`${agent} as agent, ${task_type} as task_type, ${provider} as provider, ${model} as model, ${status} as status,
      ${error_code} as error_code, ${score} as score, ${delegations.tokens_used} as tokens, null as first_token,
      case when ${timed} then ${delegations.completed_at} - ${delegations.created_at} end as latency`,
  );
}

/** CROSS JOIN keeps SQLite to this order: delegations by their index, then the attempts of each by their primary key. */
function attemptEntries(workspace: string, { model, provider, ...filters }: DelegationFilters): SQL {
  const tasks = latestDelegations(
    workspace,
    filters,
    listed(["workspace", "task_id", "agent", "task_type", "score", "source"].map((name) => sql`${sql.identifier(name)}`)),
  );
  const { started_at, first_token_at, ended_at, input_tokens, output_tokens } = attempts;
  const answered = sql`${attempts.status} = 'completed'`;
  const timed = sql`${answered} and d.source <> 'recorded'`;
  const conditions = and(
    sql`true`,
    model === undefined ? undefined : eq(attempts.model, model),
    provider === undefined ? undefined : eq(attempts.provider, provider),
  );
  return sql`select d.agent, d.task_type, ${attempts.provider} as provider, ${attempts.model} as model, ${attempts.status} as status,
      ${attempts.error_code} as error_code, case when ${answered} then d.score end as score, ${input_tokens} + ${output_tokens} as tokens,
      case when ${timed} then ${first_token_at} - ${started_at} end as first_token,
      case when ${timed} then ${ended_at} - ${started_at} end as latency
    from (${tasks}) as d cross join ${attempts} on ${attempts.workspace} = d.workspace and ${attempts.task_id} = d.task_id
    where ${conditions}`;
}
