import { and, type Column, desc, eq, gte, inArray, lt, type SQL, sql } from "drizzle-orm";
import type { Position } from "./position.ts";

/** What a list by time of creation can be narrowed to. Times in milliseconds, `created_after` included, `created_before` not. */
export type CreationFilters = {
  status?: readonly string[] | undefined;
  created_after?: number | undefined;
  created_before?: number | undefined;
};

/** The columns that such a list reads; its table has an index of workspace, `created_at` and `id`, in this order. Without `status` that filter is none. */
type Columns = { workspace: Column; created_at: Column; status?: Column; id: Column };

/** What makes a query a page of a workspace's rows, newest first: it reads what it returns, in index order. */
export function newestFirst(
  columns: Columns,
  workspace: string,
  { status, created_after, created_before }: CreationFilters,
  after: Position | undefined,
): { where: SQL | undefined; orderBy: [SQL, SQL] } {
  const { created_at, id } = columns;
  const where = and(
    eq(columns.workspace, workspace),
    status && columns.status && inArray(columns.status, [...status]),
    created_after === undefined ? undefined : gte(created_at, created_after),
    created_before === undefined ? undefined : lt(created_at, created_before),
    after && sql`(${created_at}, ${id}) < (${after.value}, ${after.id})`,
  );
  return { where, orderBy: [desc(created_at), desc(id)] };
}
