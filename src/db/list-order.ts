import { asc, desc, type SQL, sql } from "drizzle-orm";
import type { Position } from "./position.ts";
import { delegations } from "./schema.ts";

export const SORT_COLUMNS = {
  created_at: delegations.created_at,
  completed_at: delegations.completed_at,
  cost: delegations.cost_nanos,
} as const;
export type SortField = keyof typeof SORT_COLUMNS;

export type Page = { sort: SortField; descending: boolean; limit: number; after: Position | undefined };

/** By the sort column and then the id, unknown values last. */
export function orderOf({ sort, descending }: Page): SQL[] {
  const column = SORT_COLUMNS[sort];
  const direction = descending ? desc : asc;
  const nullsLast = sort === "created_at" ? [] : [sql`${column} is null`];
  return [...nullsLast, direction(column), direction(delegations.task_id)];
}

/** What comes after a position in this order. */
export function isAfter({ sort, descending }: Page, { value, id }: Position): SQL {
  const column = SORT_COLUMNS[sort];
  const than = sql.raw(descending ? "<" : ">");
  if (value === null) return sql`(${column} is null and ${delegations.task_id} ${than} ${id})`;
  const follows = sql`(${column}, ${delegations.task_id}) ${than} (${value}, ${id})`;
  return sort === "created_at" ? follows : sql`(${follows} or ${column} is null)`;
}
