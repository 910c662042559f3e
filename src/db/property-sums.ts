import { isNull, type SQL, sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { DAY_MS, type Day, inSpan, ofDay, type Span } from "./cost-days.ts";
import { ALIKE, attemptEntries, delegationEntries, SUM_COLUMNS, SUMMED } from "./cost-entries.ts";
import { costDays, propertySums } from "./history-schema.ts";
import { rawBatch } from "./raw-batch.ts";
import { delegations } from "./schema.ts";

/** Of a property that fewer delegations of a day have there are no sums: they are read one by one. */
const FEWEST = 50;
/** As many properties of a day are summed up, the most frequent. */
const MOST = 100;
const MOST_CHARACTERS = 200;
/** When most of what began on a day has ended: sums of properties are many rows, and are made once. */
const AFTER_DAY_MS = 3_600_000;

/** A property with a string, or with a boolean as text. */
export type Property = { name: string; value: string };

/** Days that have ended by `now` (milliseconds) and have no sums of properties, those due first at the head. */
export function propertyDaysToRoll(db: Database, now: number, limit: number): Promise<Day[]> {
  return db.all<Day>(sql`select workspace, day from ${costDays} where "properties_due" is not null and properties_due <= ${now}
    and rolled = 1 and (day + 1) * ${DAY_MS} + ${AFTER_DAY_MS} <= ${now} order by properties_due limit ${limit}`);
}

/** Sums up the properties of a day, in one transaction: when anything of the day changes afterwards, triggers take the sums away. */
export async function rollProperties(db: Database, { workspace, day }: Day): Promise<void> {
  const { from, where } = ofDay({ workspace, day });
  const readable = sql`case when json_valid(${delegations.properties}) then ${delegations.properties} end`;
  const value = sql.raw("case when property.type = 'text' then property.value else property.type end");
  const frequent = sql`with tagged as materialized (
      select ${delegations.task_id} as tagged_id, property.key as name, ${value} as value
      from ${from} cross join json_each(${readable}) as property
      where ${where} and ${isNull(delegations.deleted_at)} and property.type in ('text', 'true', 'false')
        and length(property.key) <= ${MOST_CHARACTERS} and length(${value}) <= ${MOST_CHARACTERS}
    ), frequent as materialized (
      select name, value from tagged group by name, value having count(*) >= ${FEWEST} order by count(*) desc, name, value limit ${MOST}
    )`;
  const each = sql`tagged cross join ${delegations} on ${delegations.workspace} = ${workspace} and ${delegations.task_id} = tagged_id`;
  const isFrequent = sql.raw("(name, value) in (select frequent.name, frequent.value from frequent)");
  const added = (perAttempt: 0 | 1, entries: SQL) => sql`${frequent}
    insert into ${propertySums} (workspace, day, name, value, per_attempt, number, ${ALIKE}, ${SUM_COLUMNS})
    select ${workspace}, ${day}, name, value, ${perAttempt}, row_number() over (), ${ALIKE}, ${SUMMED}
    from (${entries}) group by name, value, ${ALIKE}`;
  await rawBatch(db, [
    sql`delete from ${propertySums} where workspace = ${workspace} and day = ${day}`,
    added(0, delegationEntries(each, isFrequent, ["name", "value"])),
    added(1, attemptEntries(each, isFrequent, {}, ["name", "value"])),
    // What changed since it was found due is summed up first.
    sql`update ${costDays} set properties_due = null where workspace = ${workspace} and day = ${day} and rolled = 1`,
  ]);
}

const isHeld = (span: Span): SQL => sql`(${costDays.properties_due} is null and ${inSpan(span)})`;

const ofProperty = (workspace: string, { name, value }: Property): SQL =>
  sql`${propertySums.workspace} = ${workspace} and ${propertySums.day} = ${costDays.day}
    and ${propertySums.name} = ${name} and ${propertySums.value} = ${value}`;

/** The sums of a property on days of a span, as entries of the report. */
export function propertyEntries(
  workspace: string,
  property: Property,
  perAttempt: boolean,
  span: Span,
  conditions: readonly SQL[],
): SQL {
  return sql`select model, provider, agent, task_type, created_by, property_sums.day as day, null as batch_id, null as flow_id, ${SUM_COLUMNS}
    from ${costDays} cross join ${propertySums} on ${ofProperty(workspace, property)} and ${propertySums.per_attempt} = ${Number(perAttempt)}
    where ${costDays.workspace} = ${workspace} and ${isHeld(span)}${sql.join(conditions.map((condition) => sql` and ${condition}`))}`;
}

/** The rest of a span's days, neighbours together: `first` and `last` milliseconds, both included. */
export function withoutPropertySums(workspace: string, property: Property, span: Span): SQL {
  const isSummed = sql`(${isHeld(span)} and exists (select 1 from ${propertySums} where ${ofProperty(workspace, property)}))`;
  const island = sql.raw("row_number() over (order by day) - row_number() over (partition by is_summed order by day)");
  return sql`select min(day) * ${DAY_MS} as first, (max(day) + 1) * ${DAY_MS} - 1 as last from (
    select day, is_summed, ${island} as island from (
      select ${costDays.day} as day, ${isSummed} as is_summed from ${costDays} where ${costDays.workspace} = ${workspace}
        and (${costDays.day} + 1) * ${DAY_MS} > ${span.created_after ?? 0} and ${costDays.day} * ${DAY_MS} < ${span.created_before ?? Number.MAX_SAFE_INTEGER}
    )
  ) where not is_summed group by island`;
}
