import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import { AppError } from "../errors.ts";
import type { Database } from "./client.ts";
import { DAY_MS, notRolled, rolledBatches, rolledSums } from "./cost-days.ts";
import { attemptEntries, delegationEntries, SUM_COLUMNS } from "./cost-entries.ts";
import { type DelegationFilters, filterConditions, indexFor, numberIn } from "./delegation-filters.ts";
import { costSums, propertySums } from "./history-schema.ts";
import { type Property, propertyEntries, withoutPropertySums } from "./property-sums.ts";
import { delegations } from "./schema.ts";
import { allFound, moreThan, wholeSpan } from "./search-delegations.ts";

const MAX_GROUPS = 1_000;
/** So many delegations that the full-text index finds are read for a report, one by one. */
const MOST_FOUND = 50_000;

/** What sums are grouped by, and the column of it. */
const GROUP_COLUMNS = {
  model: "model",
  provider: "provider",
  agent: "agent",
  task_type: "task_type",
  key: "created_by",
  day: "day",
  batch: "batch_id",
  flow: "flow_id",
} as const;
export type CostGroup = keyof typeof GROUP_COLUMNS;

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
/** `day` as `YYYY-MM-DD`, `key` is the name of the key. */
type CostRow = Costs & { [group in CostGroup]?: string | null };
export type CostReport = { groups: CostRow[]; total: Costs };

type SummedRow = Costs & { is_total: number } & { [column: string]: string | number | null };

/**
 * What a workspace has spent, deleted delegations included, dearest group first (1,000 at most). The money is always that of
 * the attempts. As soon as `model` or `provider` is a group or a filter, attempts are counted: who was really paid. Otherwise
 * delegations are. Days that are summed up are read as sums, unless what is asked is not in them. Throws AppError `invalid_request`
 * when more than `MOST_FOUND` delegations with a property would have to be read instead.
 */
export async function costs(
  db: Database,
  workspace: string,
  groupBy: readonly CostGroup[],
  filters: DelegationFilters,
): Promise<CostReport> {
  const perAttempt = PAID_TO.some((name) => groupBy.includes(name) || filters[name] !== undefined);
  const entries =
    filters.properties === undefined
      ? entriesOfAll(workspace, groupBy, perAttempt, filters)
      : await entriesFound(db, workspace, groupBy, perAttempt, filters);
  const rows = await db.all<SummedRow>(summed(entries, groupBy));
  const total = rows.find(({ is_total }) => is_total === 1);
  const groups = groupBy.length === 0 ? [] : rows.filter(({ is_total }) => is_total === 0);
  return { groups: groups.map((row) => groupRow(row, groupBy)), total: sumsOf(total ?? NOTHING) };
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

/** The groups and their total; the entries are read once. */
function summed(entries: SQL, groupBy: readonly CostGroup[]): SQL {
  if (groupBy.length === 0) return sql`select 1 as is_total, ${TOTALS} from (select ${ENTRY_SUMS} from (${entries}))`;
  const named = sql.raw(groupBy.map((name) => GROUP_COLUMNS[name]).join(", "));
  const nameless = sql.raw(groupBy.map(() => "null").join(", "));
  return sql`with found as materialized (select ${named}, ${ENTRY_SUMS} from (${entries}) group by ${named})
    select * from (
      select 0 as is_total, * from found order by total_nanos is null, total_nanos desc, count desc, ${named} limit ${MAX_GROUPS}
    ) union all select 1, ${nameless}, ${TOTALS} from found`;
}

const ENTRY_SUMS = sql.raw(`sum(count) as count, sum(tokens) as tokens, sum(known) as total_nanos, sum(priced) as priced_nanos,
  sum(unpriced) as unpriced_count, sum(uncertain) as uncertain_nanos, sum(wasted) as wasted_nanos`);
const TOTALS = sql.raw(`coalesce(sum(count), 0) as count, coalesce(sum(tokens), 0) as tokens, sum(total_nanos) as total_nanos,
  sum(priced_nanos) as priced_nanos, coalesce(sum(unpriced_count), 0) as unpriced_count, coalesce(sum(uncertain_nanos), 0) as uncertain_nanos,
  coalesce(sum(wasted_nanos), 0) as wasted_nanos`);

function groupRow(row: SummedRow, groupBy: readonly CostGroup[]): CostRow {
  const named = groupBy.map((name) => {
    const value = row[GROUP_COLUMNS[name]] ?? null;
    return [name, name === "day" ? new Date(Number(value) * DAY_MS).toISOString().slice(0, 10) : value];
  });
  return { ...Object.fromEntries(named), ...sumsOf(row) };
}

const sumsOf = (row: Costs): Costs => ({
  count: row.count,
  tokens: row.tokens,
  total_nanos: row.total_nanos,
  priced_nanos: row.priced_nanos,
  unpriced_count: row.unpriced_count,
  uncertain_nanos: row.uncertain_nanos,
  wasted_nanos: row.wasted_nanos,
});

function entriesOfAll(workspace: string, groupBy: readonly CostGroup[], perAttempt: boolean, filters: DelegationFilters): SQL {
  const rest = () => notRolledEntries(workspace, perAttempt, filters);
  if (areInSums(groupBy, filters)) {
    return sql`${rolledSums(workspace, perAttempt, filters, sumConditions(filters, costSums))} union all ${rest()}`;
  }
  if (areInBatchSums(groupBy, filters)) return sql`${rolledBatches(workspace, filters)} union all ${rest()}`;
  return allEntries(workspace, perAttempt, filters);
}

/** Sums of days tell neither batches, flows and parents apart, nor single costs and properties. */
function areInSums(groupBy: readonly CostGroup[], filters: DelegationFilters): boolean {
  const { batch_id, flow_id, parent_task_id, min_cost_nanos, properties } = filters;
  const others = [batch_id, flow_id, parent_task_id, min_cost_nanos, properties];
  return !groupBy.includes("batch") && !groupBy.includes("flow") && others.every((value) => value === undefined);
}

const IN_BATCH_SUMS: readonly CostGroup[] = ["batch", "flow", "day"];

function areInBatchSums(groupBy: readonly CostGroup[], filters: DelegationFilters): boolean {
  const { created_after: _after, created_before: _before, ...others } = filters;
  return groupBy.every((name) => IN_BATCH_SUMS.includes(name)) && Object.values(others).every((value) => value === undefined);
}

function sumConditions(filters: DelegationFilters, sums: typeof costSums | typeof propertySums): SQL[] {
  const equal = (["agent", "task_type", "source", "provider", "model"] as const).flatMap((name) => {
    const value = filters[name];
    return value === undefined ? [] : [eq(sums[name], value)];
  });
  return filters.status === undefined ? equal : [inArray(sums.status, [...filters.status]), ...equal];
}

/** With properties: sums of the days that have some, and of other days what the full-text index finds. */
async function entriesFound(
  db: Database,
  workspace: string,
  groupBy: readonly CostGroup[],
  perAttempt: boolean,
  filters: DelegationFilters,
): Promise<SQL> {
  const { model: _model, provider: _provider, ...others } = filters;
  const property = areInSums(groupBy, { ...filters, properties: undefined }) ? summedProperty(filters) : undefined;
  const spans = property === undefined ? wholeSpan(filters) : withoutPropertySums(workspace, property, filters);
  const excess = await db.all(moreThan(MOST_FOUND, workspace, others, spans));
  if (excess.length > 0) throw tooMany();
  const found = allFound(workspace, others, spans).map(({ from, where }) => entriesOf(perAttempt, from, where, filters));
  const conditions = sumConditions(filters, propertySums);
  const sums = property === undefined ? [] : [propertyEntries(workspace, property, perAttempt, filters, conditions)];
  return sql.join([...sums, ...found], sql` union all `);
}

/** The only property of a filter, unless its text may mean a number: these have no sums. */
function summedProperty({ properties = {} }: DelegationFilters): Property | undefined {
  const [[name, value] = [], second] = Object.entries(properties);
  const isOne = name !== undefined && value !== undefined && second === undefined;
  return isOne && numberIn(value) === null ? { name, value } : undefined;
}

function tooMany(): AppError {
  const message = `more than ${MOST_FOUND.toLocaleString("en")} delegations with the property would have to be looked at: narrow them by created_after or other filters`;
  return new AppError("invalid_request", `The query is not valid: ${message}.`, [{ path: "property", message }]);
}

function entriesOf(perAttempt: boolean, from: SQL, where: SQL, { model, provider }: DelegationFilters): SQL {
  const rows = perAttempt ? attemptEntries(from, where, { model, provider }) : delegationEntries(from, where);
  return sql`select ${GROUPED}, ${SUM_COLUMNS} from (${rows})`;
}

const GROUPED = sql.raw(Object.values(GROUP_COLUMNS).join(", "));

function notRolledEntries(workspace: string, perAttempt: boolean, filters: DelegationFilters): SQL {
  const { model: _model, provider: _provider, created_after, created_before, ...others } = filters;
  const { from, where } = notRolled(workspace, { created_after, created_before });
  return entriesOf(perAttempt, from, and(where, ...filterConditions(others)) ?? where, filters);
}

function allEntries(workspace: string, perAttempt: boolean, filters: DelegationFilters): SQL {
  const { model: _model, provider: _provider, ...others } = filters;
  const from = sql`${delegations} indexed by ${sql.identifier(indexFor(filters))}`;
  const where = and(eq(delegations.workspace, workspace), ...filterConditions(others));
  return entriesOf(perAttempt, from, sql`${where}`, filters);
}
