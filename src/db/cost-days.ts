import { type SQL, sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { ASKED_COLUMNS, attemptEntries, delegationEntries, SUM_COLUMNS } from "./cost-entries.ts";
import type { DelegationFilters } from "./delegation-filters.ts";
import { costDays, costSums } from "./history-schema.ts";
import { rawBatch } from "./raw-batch.ts";
import { delegations } from "./schema.ts";

export const DAY_MS = 86_400_000;
/** Later than every time of creation. */
const END_OF_TIME = 8_640_000_000_000_000;

type Span = Pick<DelegationFilters, "created_after" | "created_before">;

/** A day that is summed up and lies in the span as a whole. */
const isSummed = ({ created_after = 0, created_before = END_OF_TIME }: Span): SQL =>
  sql`(${costDays.rolled} = 1 and ${costDays.day} * ${DAY_MS} >= ${created_after} and (${costDays.day} + 1) * ${DAY_MS} <= ${created_before})`;

/** The sums of days of a span, as entries of the report. */
export function rolledSums(workspace: string, perAttempt: boolean, span: Span, conditions: readonly SQL[]): SQL {
  return sql`select model, provider, agent, task_type, created_by, cost_sums.day as day, null as batch_id, null as flow_id, ${SUM_COLUMNS}
    from ${costDays} cross join ${costSums} on ${costSums.workspace} = ${costDays.workspace}
      and ${costSums.per_attempt} = ${Number(perAttempt)} and ${costSums.day} = ${costDays.day}
    where ${costDays.workspace} = ${workspace} and ${isSummed(span)}${sql.join(conditions.map((condition) => sql` and ${condition}`))}`;
}

/** The delegations of a span on all other days, as a FROM clause and its condition: read day by day from the index of creation times. */
export function notRolled(workspace: string, span: Span): { from: SQL; where: SQL } {
  const { created_after = 0, created_before = END_OF_TIME } = span;
  const from = sql`${costDays} cross join ${delegations} indexed by delegations_by_time on ${delegations.workspace} = ${costDays.workspace}
    and ${delegations.created_at} >= max(${costDays.day} * ${DAY_MS}, ${created_after})
    and ${delegations.created_at} < min((${costDays.day} + 1) * ${DAY_MS}, ${created_before})`;
  return { from, where: sql`${costDays.workspace} = ${workspace} and not ${isSummed(span)}` };
}

type Day = { workspace: string; day: number };

/** Days before that of `now` (milliseconds) whose sums are missing or no longer true, the latest first. */
export function daysToRoll(db: Database, now: number, limit: number): Promise<Day[]> {
  return db.all<Day>(sql`select workspace, day from ${costDays} where "rolled" = 0 and day < ${Math.floor(now / DAY_MS)}
    order by day desc limit ${limit}`);
}

/** Sums up a day anew, in one transaction: when it changes afterwards, a trigger says so. */
export async function rollDay(db: Database, { workspace, day }: Day): Promise<void> {
  const from = sql`${delegations} indexed by delegations_by_time`;
  const where = sql`${delegations.workspace} = ${workspace} and ${delegations.created_at} >= ${day * DAY_MS}
    and ${delegations.created_at} < ${(day + 1) * DAY_MS}`;
  const names = sql.raw("workspace, per_attempt, day, number, status, source, agent, task_type, created_by, provider, model");
  const alike = sql.raw("status, source, agent, task_type, created_by, provider, model");
  const added = (perAttempt: 0 | 1, entries: SQL) => sql`insert into ${costSums} (${names}, ${SUM_COLUMNS})
    select ${workspace}, ${perAttempt}, ${day}, row_number() over (), ${alike}, sum(count), sum(tokens), sum(known), sum(priced),
      sum(unpriced), sum(uncertain), sum(wasted)
    from (select ${ASKED_COLUMNS}, ${SUM_COLUMNS} from (${entries})) group by ${alike}`;
  await rawBatch(db, [
    sql`delete from ${costSums} where workspace = ${workspace} and per_attempt in (0, 1) and day = ${day}`,
    added(0, delegationEntries(from, where)),
    added(1, attemptEntries(from, where)),
    sql`update ${costDays} set rolled = 1 where workspace = ${workspace} and day = ${day}`,
  ]);
}
