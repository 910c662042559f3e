import { and, asc, isNotNull, isNull, lt } from "drizzle-orm";
import type { Database } from "./client.ts";
import { delegations } from "./schema.ts";

type DelegationKey = { workspace: string; task_id: string };

const KEY = { workspace: delegations.workspace, task_id: delegations.task_id };

/** Final tasks that ended before `before` (milliseconds) and still have their texts, the oldest first. */
export function expiredDelegations(db: Database, before: number, limit: number): Promise<DelegationKey[]> {
  const expired = and(isNull(delegations.deleted_at), isNotNull(delegations.completed_at), lt(delegations.completed_at, before));
  return db.select(KEY).from(delegations).where(expired).orderBy(asc(delegations.completed_at)).limit(limit);
}
