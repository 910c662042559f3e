import { and, asc, lt, type SQL, sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import type { DelegationRow } from "./save-delegation.ts";
import { delegations, OPEN_STATUSES_SQL } from "./schema.ts";

const { workspace, task_id, version, batch_id, created_at } = delegations;
const LATE = { workspace, task_id, version, batch_id, created_at };
export type LateDelegation = {
  workspace: string;
  task_id: string;
  version: number;
  batch_id: string | null;
  created_at: number;
};

/** Open tasks that should have moved before `before` (milliseconds), the longest overdue first. Reads only rows of open tasks. */
export function lateDelegations(db: Database, before: number, limit: number): Promise<LateDelegation[]> {
  const overdue = and(sql.raw(OPEN_STATUSES_SQL), lt(delegations.moves_by, before));
  return db.select(LATE).from(delegations).where(overdue).orderBy(asc(delegations.moves_by)).limit(limit);
}

/** The sweep comes back to these tasks at `at` (milliseconds), unless they have moved since they were read. */
export async function revisitDelegations(db: Database, late: readonly LateDelegation[], at: number): Promise<void> {
  if (late.length > 0) await db.update(delegations).set({ moves_by: at }).where(unmoved(late));
}

/** Ends these tasks on the list, unless they have moved since they were read: no object knows them. One that does overwrites it. Returns those that were ended. */
export async function failLost(db: Database, lost: readonly LateDelegation[], now: number): Promise<DelegationRow[]> {
  if (lost.length === 0) return [];
  const failed = {
    status: "failed",
    error_code: "internal",
    error_message: "The task was lost before it was started; nothing was paid.",
    completed_at: now,
    updated_at: now,
    moves_by: null,
  };
  return db.update(delegations).set(failed).where(unmoved(lost)).returning();
}

function unmoved(late: readonly LateDelegation[]): SQL | undefined {
  const keys = JSON.stringify(late.map((row) => [row.workspace, row.task_id, row.version]));
  const field = (index: number) => sql.raw(`json_extract(key.value, '$[${index}]')`);
  return and(
    sql`(${workspace}, ${task_id}, ${version}) in (select ${field(0)}, ${field(1)}, ${field(2)} from json_each(${keys}) as key)`,
    sql.raw(OPEN_STATUSES_SQL),
  );
}
