import { and, asc, desc, eq, getTableColumns, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { type DelegationFilters, filterConditions, indexFor } from "./delegation-filters.ts";
import { isAfter, orderOf, type Page, SORT_COLUMNS } from "./list-order.ts";
import { delegations, KEPT_SQL, OPEN_STATUSES_SQL } from "./schema.ts";
import { searchDelegations } from "./search-delegations.ts";

/** A row as it is stored: SQLite holds columns to no type. Properties that are no JSON are the text itself. */
export type StoredDelegation = Omit<typeof delegations.$inferSelect, "properties"> & { properties: unknown };

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
 * One page of a workspace's delegations that are not deleted, ordered by the sort column and then the id, unknown values last. Without
 * filters it reads what it returns, in index order. With filters it looks for them in the index of creation times alone, which holds
 * what they ask; words and properties are looked up in the full-text index. Throws AppError `invalid_request` for a search that
 * would have to read too much.
 */
export async function listDelegations(
  db: Database,
  workspace: string,
  filters: DelegationFilters,
  page: Page,
): Promise<StoredDelegation[]> {
  if (filters.words !== undefined || filters.properties !== undefined) {
    const ids = JSON.stringify(await searchDelegations(db, workspace, filters, page));
    return rowsIn(db, workspace, page, sql`select value as id from json_each(${ids})`);
  }
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  if (isFiltered) {
    const part = { index: indexFor(filters), conditions: [...filterConditions(filters), ...beyond(page)], order: orderOf(page) };
    return rowsIn(db, workspace, page, idsOf(workspace, page, part));
  }
  if (page.sort === "created_at") return wholeRows(db, workspace, page);
  const parts = partsOf(page).map((part) => sql`select id from (${idsOf(workspace, page, part)})`);
  return rowsIn(db, workspace, page, sql.join(parts, sql` union all `));
}

function wholeRows(db: Database, workspace: string, page: Page): Promise<StoredDelegation[]> {
  return db
    .select(STORED_COLUMNS)
    .from(delegations)
    .where(and(eq(delegations.workspace, workspace), isNull(delegations.deleted_at), ...beyond(page)))
    .orderBy(...orderOf(page))
    .limit(page.limit);
}

/** The whole rows of a page, each found by its key: the workspace comes with the ids so that no index of it is read instead. */
function rowsIn(db: Database, workspace: string, page: Page, ids: SQL): Promise<StoredDelegation[]> {
  const isOfPage = sql`(${delegations.workspace}, ${delegations.task_id}) in (select ${workspace}, page.id from (${ids}) as page)`;
  return db
    .select(STORED_COLUMNS)
    .from(delegations)
    .where(isOfPage)
    .orderBy(...orderOf(page))
    .limit(page.limit);
}

/** What is looked for in one index, and in which order. SQLite, which knows no sizes, does not choose the index well by itself. */
type Part = { index: string; conditions: SQL[]; order: SQL[] };

/** The first ids of a part, as many as a page has. */
function idsOf(workspace: string, { limit }: Page, { index, conditions, order }: Part): SQL {
  const where = and(eq(delegations.workspace, workspace), isNull(delegations.deleted_at), ...conditions);
  return sql`select ${delegations.task_id} as id from ${delegations} indexed by ${sql.identifier(index)} where ${where}
    order by ${sql.join(order, sql`, `)} limit ${limit}`;
}

/**
 * The parts of a list by end or by cost: final ones with a value and final ones without, which an index has in order, and open
 * ones, which are few and sorted.
 */
function partsOf(page: Page): Part[] {
  const { sort, descending, after } = page;
  const column = SORT_COLUMNS[sort];
  const direction = descending ? desc : asc;
  const index = sort === "cost" ? "delegations_by_cost" : "delegations_kept";
  const [kept, id] = [sql.raw(KEPT_SQL), direction(delegations.task_id)];
  const isUnknownNext = after !== undefined && after.value === null;
  const known = { index, conditions: [kept, isNotNull(column), ...follows(page)], order: [direction(column), id] };
  const unknown = { index, conditions: [kept, isNull(column), ...(isUnknownNext ? follows(page) : [])], order: [id] };
  const isOpen = [sql.raw(OPEN_STATUSES_SQL), isNull(delegations.completed_at)];
  const open = { index: "delegations_open", conditions: [...isOpen, ...beyond(page)], order: orderOf(page) };
  return [...(isUnknownNext ? [] : [known]), ...(sort === "cost" ? [unknown] : []), open];
}

const beyond = (page: Page): SQL[] => (page.after === undefined ? [] : [isAfter(page, page.after)]);

/** Behind the position, among those that have a value or among those that have none: an index can be entered there. */
function follows({ sort, descending, after }: Page): SQL[] {
  if (after === undefined) return [];
  const than = sql.raw(descending ? "<" : ">");
  if (after.value === null) return [sql`${delegations.task_id} ${than} ${after.id}`];
  return [sql`(${SORT_COLUMNS[sort]}, ${delegations.task_id}) ${than} (${after.value}, ${after.id})`];
}
