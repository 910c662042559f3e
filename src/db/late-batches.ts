import { asc, lt } from "drizzle-orm";
import type { Database } from "./client.ts";
import type { BatchKey } from "./save-batch.ts";
import { batches } from "./schema.ts";

export type LateBatch = BatchKey & { completed_at: number | null };

/** Batches that should have moved before `before` (milliseconds): open ones, and ended ones whose retention is over. The longest overdue first. */
export function lateBatches(db: Database, before: number, limit: number): Promise<LateBatch[]> {
  const { workspace, batch_id, completed_at, moves_by } = batches;
  return db
    .select({ workspace, batch_id, completed_at })
    .from(batches)
    .where(lt(moves_by, before))
    .orderBy(asc(moves_by))
    .limit(limit);
}
