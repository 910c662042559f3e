import { type SQL, sql } from "drizzle-orm";
import { attempts, delegations } from "./schema.ts";

/** The columns of an entry that it may be asked by. */
const ASKED = [
  "day",
  "status",
  "source",
  "agent",
  "task_type",
  "created_by",
  "provider",
  "model",
  "batch_id",
  "flow_id",
] as const;
export const ASKED_COLUMNS = sql.raw(ASKED.join(", "));
export const SUM_COLUMNS = sql.raw("count, tokens, known, priced, unpriced, uncertain, wasted");
/** What `SUM_COLUMNS` of entries come to. */
export const SUMMED = sql.raw("sum(count), sum(tokens), sum(known), sum(priced), sum(unpriced), sum(uncertain), sum(wasted)");
/** What entries are alike in that are summed up together. */
export const ALIKE = sql.raw("status, source, agent, task_type, created_by, provider, model");

const { cost_nanos: cost, cost_max_nanos: most, usage_final: isFinal, status } = attempts;

/** What one attempt adds. An attempt that may go on and has no upper bound has no price: the 0 it began with says nothing. */
const ATTEMPT = {
  tokens: sql`${attempts.input_tokens} + ${attempts.output_tokens}`,
  known: sql`case when ${most} is null and not ${isFinal} then nullif(${cost}, 0) else ${cost} end`,
  unpriced: sql`${cost} is null or (${most} is null and not ${isFinal})`,
  uncertain: sql`case when ${isFinal} then 0 else max(coalesce(${most}, 0) - coalesce(${cost}, 0), 0) end`,
  wasted: sql`case when ${status} not in ('completed', 'running') then coalesce(${cost}, 0) else 0 end`,
} as const;

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
const OF_DELEGATION = sql`${delegations.created_at} / 86400000 as day, ${delegations.status} as status, ${delegations.source} as source,
  ${delegations.agent} as agent, ${delegations.task_type} as task_type, ${delegations.created_by} as created_by,
  ${delegations.batch_id} as batch_id, ${delegations.flow_id} as flow_id`;
const WASTED = sql`case when ${ON_RECORD} then ${RECORDED.wasted} else ${delegations.wasted_nanos} end`;

const entries = (rows: SQL, also: SQL): SQL =>
  sql`select ${also}${ASKED_COLUMNS}, 1 as count, tokens, known, case when not unpriced then known end as priced, unpriced, uncertain, wasted
    from (${rows})`;

/** Columns of the FROM clause that entries keep besides their own. */
const listed = (columns: readonly string[]): SQL => sql.raw(columns.map((name) => `${name}, `).join(""));

/**
 * One entry per delegation of `from` (a FROM clause with `delegations` in it); one without attempts has cost nothing, unless it is
 * on record. Only attempts that have more to say than their delegation's row are read. `also` names columns of `from` that are kept.
 */
export function delegationEntries(from: SQL, where: SQL, also: readonly string[] = []): SQL {
  const told = (inRow: SQL, sum: SQL) => sql`case when ${IN_ROW} then ${inRow} else (
    select case when count(*) = 0 then 0 else ${sum} end from ${attempts}
    where ${attempts.workspace} = ${delegations.workspace} and ${attempts.task_id} = ${delegations.task_id}) end`;
  const rows = sql`select ${listed(also)}${OF_DELEGATION}, null as provider, null as model, ${delegations.tokens_used} as tokens,
    ${told(RECORDED.known, sql`sum(${ATTEMPT.known})`)} as known,
    ${told(RECORDED.unpriced, sql`max(${ATTEMPT.unpriced})`)} as unpriced,
    ${told(RECORDED.uncertain, sql`sum(${ATTEMPT.uncertain})`)} as uncertain,
    ${WASTED} as wasted
    from ${from} where ${where}`;
  return entries(rows, listed(also));
}

/** Its row says all of its only attempt. */
const ONE_IN_ROW = sql`(${delegations.attempts} = 1 and ${IN_ROW} and not ${ON_RECORD})`;
const ALONE = sql`(${ON_RECORD} or ${ONE_IN_ROW})`;

/**
 * One entry per attempt, and per work on record. `of` filters whom it was paid to. LEFT JOIN keeps SQLite to this order: delegations,
 * then by their primary key the attempts of those whose row does not say it all.
 */
export function attemptEntries(
  from: SQL,
  where: SQL,
  of: { model?: string | undefined; provider?: string | undefined } = {},
  also: readonly string[] = [],
): SQL {
  const either = (inRow: SQL, inAttempt: SQL) => sql`case when ${ALONE} then ${inRow} else ${inAttempt} end`;
  const provider = either(sql`${delegations.provider}`, sql`${attempts.provider}`);
  // Without a model, copilot's delegation has null and its attempt an empty text.
  const ofRow = sql`case when ${ON_RECORD} then ${delegations.model} else coalesce(${delegations.model}, '') end`;
  const model = either(ofRow, sql`${attempts.model}`);
  const rows = sql`select ${listed(also)}${OF_DELEGATION}, ${provider} as provider, ${model} as model,
    ${either(RECORDED.tokens, ATTEMPT.tokens)} as tokens, ${either(RECORDED.known, ATTEMPT.known)} as known,
    ${either(RECORDED.unpriced, ATTEMPT.unpriced)} as unpriced, ${either(RECORDED.uncertain, ATTEMPT.uncertain)} as uncertain,
    ${either(WASTED, ATTEMPT.wasted)} as wasted
    from ${from} left join ${attempts} on ${attempts.workspace} = case when ${ALONE} then null else ${delegations.workspace} end
      and ${attempts.task_id} = ${delegations.task_id}
    where ${where} and (${attempts.number} is not null or ${ALONE})
      ${of.model === undefined ? sql`` : sql`and ${model} = ${of.model}`}
      ${of.provider === undefined ? sql`` : sql`and ${provider} = ${of.provider}`}`;
  return entries(rows, listed(also));
}
