import { and, asc, isNotNull, isNull, lt, sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { delegations, OPEN_STATUSES_SQL } from "./schema.ts";

export type DelegationKey = { workspace: string; task_id: string };

const KEY = { workspace: delegations.workspace, task_id: delegations.task_id };

/** Open tasks that should have moved before `before` (milliseconds), the longest overdue first. Reads only rows of open tasks. */
export function staleDelegations(db: Database, before: number, limit: number): Promise<DelegationKey[]> {
  const overdue = and(sql.raw(OPEN_STATUSES_SQL), lt(delegations.moves_by, before));
  return db.select(KEY).from(delegations).where(overdue).orderBy(asc(delegations.moves_by)).limit(limit);
}

/** Final tasks that ended before `before` (milliseconds) and still have their texts, the oldest first. */
export function expiredDelegations(db: Database, before: number, limit: number): Promise<DelegationKey[]> {
  const expired = and(isNull(delegations.deleted_at), isNotNull(delegations.completed_at), lt(delegations.completed_at, before));
  return db.select(KEY).from(delegations).where(expired).orderBy(asc(delegations.completed_at)).limit(limit);
}
