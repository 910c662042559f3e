import { and, eq, sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { batches } from "./schema.ts";

export type BatchRow = typeof batches.$inferSelect;
export type BatchKey = Pick<BatchRow, "workspace" | "batch_id">;

/**
 * Writes what a batch looks like at `row.version`. Idempotent; a version older than the stored one changes nothing. The same
 * version is written again: when it is to be looked at next may be all that is new.
 */
export async function saveBatch(db: Database, row: BatchRow): Promise<void> {
  await upsert(db, row);
}

/** The same as statements for a batch. */
export function batchStatements(db: Database, row: BatchRow) {
  const { sql: text, params } = upsert(db, row).toSQL();
  return [db.$client.prepare(text).bind(...params)];
}

function upsert(db: Database, row: BatchRow) {
  const { workspace, batch_id, created_at, created_by, ...changing } = row;
  return db
    .insert(batches)
    .values(row)
    .onConflictDoUpdate({
      target: [batches.workspace, batches.batch_id],
      set: changing,
      setWhere: sql`excluded.version >= ${batches.version}`,
    });
}

const isBatch = ({ workspace, batch_id }: BatchKey) => and(eq(batches.workspace, workspace), eq(batches.batch_id, batch_id));

/** Takes a batch off the list. Its tasks' rows, and with them the books, stay. */
export async function deleteBatch(db: Database, key: BatchKey): Promise<void> {
  await db.delete(batches).where(isBatch(key));
}

/** The sweep comes back to a batch at `at` (milliseconds); null: never. */
export async function revisitBatch(db: Database, key: BatchKey, at: number | null): Promise<void> {
  await db.update(batches).set({ moves_by: at }).where(isBatch(key));
}
