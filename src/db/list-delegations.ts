import { and, asc, desc, eq, getTableColumns, gte, inArray, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import type { Position } from "./position.ts";
import { delegations, OPEN_STATUSES, OPEN_STATUSES_SQL } from "./schema.ts";

/** A row as it is stored: SQLite holds columns to no type. Properties that are no JSON are the text itself. */
export type StoredDelegation = Omit<typeof delegations.$inferSelect, "properties"> & { properties: unknown };

/** What lists and costs can be narrowed to. Times in milliseconds, `created_after` included, `created_before` not. */
export type DelegationFilters = {
  status?: readonly string[] | undefined;
  agent?: string | undefined;
  provider?: string | undefined;
  /** The vendor's id, or the name it was asked for by. */
  model?: string | undefined;
  task_type?: string | undefined;
  batch_id?: string | undefined;
  flow_id?: string | undefined;
  parent_task_id?: string | undefined;
  source?: string | undefined;
  created_after?: number | undefined;
  created_before?: number | undefined;
  min_cost_nanos?: number | undefined;
  /** Properties by name, compared with their text: `true` fits the boolean and the string, `7` the number and the string. */
  properties?: { readonly [name: string]: string } | undefined;
};

const SORT_COLUMNS = {
  created_at: delegations.created_at,
  completed_at: delegations.completed_at,
  cost: delegations.cost_nanos,
} as const;
export type SortField = keyof typeof SORT_COLUMNS;

export type Page = { sort: SortField; descending: boolean; limit: number; after: Position | undefined };

const STORED_COLUMNS = {
  ...getTableColumns(delegations),
  properties: sql<unknown>`${delegations.properties}`.mapWith(jsonOrText),
};

function jsonOrText(stored: string): unknown {
  try {
    return JSON.parse(stored);
  } catch {
    return stored;
  }
}

/** One row; undefined when there is none. Deleted rows are found too. */
export async function findDelegationRow(db: Database, workspace: string, taskId: string): Promise<StoredDelegation | undefined> {
  const key = and(eq(delegations.workspace, workspace), eq(delegations.task_id, taskId));
  return db.select(STORED_COLUMNS).from(delegations).where(key).get();
}

/**
 * One page of a workspace's delegations that are not deleted, ordered by the sort column and then the id, unknown values
 * last. By `created_at` it reads what it returns, in index order; by the others it sorts the whole workspace.
 */
export function listDelegations(
  db: Database,
  workspace: string,
  filters: DelegationFilters,
  page: Page,
): Promise<StoredDelegation[]> {
  const column = SORT_COLUMNS[page.sort];
  const direction = page.descending ? desc : asc;
  const nullsLast = page.sort === "created_at" ? [] : [sql`${column} is null`];
  const conditions = [
    eq(delegations.workspace, workspace),
    isNull(delegations.deleted_at),
    ...filterConditions(filters),
    ...(page.after === undefined ? [] : [isAfter(page, page.after)]),
  ];
  return db
    .select(STORED_COLUMNS)
    .from(delegations)
    .where(and(...conditions))
    .orderBy(...nullsLast, direction(column), direction(delegations.task_id))
    .limit(page.limit);
}

/** The conditions of `filters` on the delegations table. */
export function filterConditions(filters: DelegationFilters): SQL[] {
  const { status, model, created_after, created_before, min_cost_nanos, properties = {} } = filters;
  const equal = (["agent", "provider", "task_type", "batch_id", "flow_id", "parent_task_id", "source"] as const).map((name) => {
    const value = filters[name];
    return value === undefined ? undefined : eq(delegations[name], value);
  });
  const conditions = [
    status && inArray(delegations.status, [...status]),
    status?.every((each) => OPEN_STATUSES.includes(each)) ? sql.raw(OPEN_STATUSES_SQL) : undefined,
    model === undefined ? undefined : or(eq(delegations.model, model), eq(delegations.requested_model, model)),
    created_after === undefined ? undefined : gte(delegations.created_at, created_after),
    created_before === undefined ? undefined : lt(delegations.created_at, created_before),
    min_cost_nanos === undefined ? undefined : gte(delegations.cost_nanos, min_cost_nanos),
    ...equal,
    ...Object.entries(properties).map(([name, text]) => hasProperty(name, text)),
  ];
  return conditions.filter((condition) => condition !== undefined);
}

function isAfter({ sort, descending }: Page, { value, id }: Position): SQL {
  const column = SORT_COLUMNS[sort];
  const than = sql.raw(descending ? "<" : ">");
  if (value === null) return sql`(${column} is null and ${delegations.task_id} ${than} ${id})`;
  const follows = sql`(${column}, ${delegations.task_id}) ${than} (${value}, ${id})`;
  return sort === "created_at" ? follows : sql`(${follows} or ${column} is null)`;
}

/** The name is a bound value and never part of a JSON path. */
function hasProperty(name: string, text: string): SQL {
  const number = text.trim() === "" || !Number.isFinite(Number(text)) ? null : Number(text);
  const readable = sql`case when json_valid(${delegations.properties}) then ${delegations.properties} end`;
  return sql`exists (select 1 from json_each(${readable}) as property where property.key = ${name} and (
    (property.type = 'text' and property.value = ${text}) or (property.type in ('true', 'false') and property.type = ${text})
    or (property.type in ('integer', 'real') and property.value = ${number})))`;
}
