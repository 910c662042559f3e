import { type SQL, sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { ALIKE, ASKED_COLUMNS, attemptEntries, delegationEntries, SUM_COLUMNS, SUMMED } from "./cost-entries.ts";
import type { DelegationFilters } from "./delegation-filters.ts";
import { batchSums, costDays, costSums } from "./history-schema.ts";
import { rawBatch } from "./raw-batch.ts";
import { delegations } from "./schema.ts";

export const DAY_MS = 86_400_000;
/** Later than every time of creation. */
const END_OF_TIME = 8_640_000_000_000_000;

export type Span = Pick<DelegationFilters, "created_after" | "created_before">;

/** A day that lies in the span as a whole. */
export const inSpan = ({ created_after = 0, created_before = END_OF_TIME }: Span): SQL =>
  sql`(${costDays.day} * ${DAY_MS} >= ${created_after} and (${costDays.day} + 1) * ${DAY_MS} <= ${created_before})`;

/** One that is summed up. */
const isSummed = (span: Span): SQL => sql`(${costDays.rolled} = 1 and ${inSpan(span)})`;

/** The sums of days of a span, as entries of the report. */
export function rolledSums(workspace: string, perAttempt: boolean, span: Span, conditions: readonly SQL[]): SQL {
  return sql`select model, provider, agent, task_type, created_by, cost_sums.day as day, null as batch_id, null as flow_id, ${SUM_COLUMNS}
    from ${costDays} cross join ${costSums} on ${costSums.workspace} = ${costDays.workspace}
      and ${costSums.per_attempt} = ${Number(perAttempt)} and ${costSums.day} = ${costDays.day}
    where ${costDays.workspace} = ${workspace} and ${isSummed(span)}${sql.join(conditions.map((condition) => sql` and ${condition}`))}`;
}

/** The same by batch and flow alone. */
export function rolledBatches(workspace: string, span: Span): SQL {
  return sql`select null as model, null as provider, null as agent, null as task_type, null as created_by, batch_sums.day as day, batch_id, flow_id, ${SUM_COLUMNS}
    from ${costDays} cross join ${batchSums} on ${batchSums.workspace} = ${costDays.workspace} and ${batchSums.day} = ${costDays.day}
    where ${costDays.workspace} = ${workspace} and ${isSummed(span)}`;
}

/** The delegations of a span on all other days, as a FROM clause and its condition: read day by day from the index of creation times. */
export function notRolled(workspace: string, span: Span): { from: SQL; where: SQL } {
  const { created_after = 0, created_before = END_OF_TIME } = span;
  const from = sql`${costDays} cross join ${delegations} indexed by delegations_by_time on ${delegations.workspace} = ${costDays.workspace}
    and ${delegations.created_at} >= max(${costDays.day} * ${DAY_MS}, ${created_after})
    and ${delegations.created_at} < min((${costDays.day} + 1) * ${DAY_MS}, ${created_before})`;
  return { from, where: sql`${costDays.workspace} = ${workspace} and not ${isSummed(span)}` };
}

export type Day = { workspace: string; day: number };

/** Days before that of `now` (milliseconds) whose sums are missing or no longer true, the latest first. */
export function daysToRoll(db: Database, now: number, limit: number): Promise<Day[]> {
  return db.all<Day>(sql`select workspace, day from ${costDays} where "rolled" = 0 and day < ${Math.floor(now / DAY_MS)}
    order by day desc limit ${limit}`);
}

/** The delegations of a day, as a FROM clause and its condition. */
export const ofDay = ({ workspace, day }: Day): { from: SQL; where: SQL } => ({
  from: sql`${delegations} indexed by delegations_by_time`,
  where: sql`${delegations.workspace} = ${workspace} and ${delegations.created_at} >= ${day * DAY_MS}
    and ${delegations.created_at} < ${(day + 1) * DAY_MS}`,
});

/** Sums up a day anew, in one transaction: when it changes afterwards, a trigger says so. */
export async function rollDay(db: Database, { workspace, day }: Day): Promise<void> {
  const { from, where } = ofDay({ workspace, day });
  const added = (
    perAttempt: 0 | 1,
    entries: SQL,
  ) => sql`insert into ${costSums} (workspace, per_attempt, day, number, ${ALIKE}, ${SUM_COLUMNS})
    select ${workspace}, ${perAttempt}, ${day}, row_number() over (), ${ALIKE}, ${SUMMED}
    from (select ${ASKED_COLUMNS}, ${SUM_COLUMNS} from (${entries})) group by ${ALIKE}`;
  await rawBatch(db, [
    sql`delete from ${costSums} where workspace = ${workspace} and per_attempt in (0, 1) and day = ${day}`,
    added(0, delegationEntries(from, where)),
    added(1, attemptEntries(from, where)),
    sql`delete from ${batchSums} where workspace = ${workspace} and day = ${day}`,
    sql`insert into ${batchSums} (workspace, day, number, batch_id, flow_id, ${SUM_COLUMNS})
      select ${workspace}, ${day}, row_number() over (), batch_id, flow_id, ${SUMMED}
      from (${delegationEntries(from, where)}) group by batch_id, flow_id`,
    sql`update ${costDays} set rolled = 1 where workspace = ${workspace} and day = ${day}`,
  ]);
}
