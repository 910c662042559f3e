import type { BatchProtocol } from "../batches/batch-rpc.ts";
import type { Database } from "../db/client.ts";
import { type LateBatch, lateBatches } from "../db/late-batches.ts";
import { deleteBatch, revisitBatch } from "../db/save-batch.ts";
import { log } from "../lib/log.ts";
import { LATE_MS, MOST, reached } from "./reached.ts";

/** Wakes the objects of open batches that should have moved, and erases batches that ended longer than `retentionMs` ago. */
export async function sweepBatches(env: Env, db: Database, now: number, retentionMs: number): Promise<void> {
  const late = await lateBatches(db, now - LATE_MS, MOST);
  const swept = late.map((row) => {
    const { workspace, batch_id, completed_at } = row;
    const batch = env.BATCHES.getByName(`${workspace}/${batch_id}`) as unknown as BatchProtocol;
    const keptUntil = completed_at === null ? undefined : completed_at + retentionMs;
    return reached({ workspace, batchId: batch_id }, async () => {
      if (keptUntil === undefined) await wake(db, row, batch);
      else if (keptUntil < now) await erase(db, row, batch);
      else await revisitBatch(db, row, keptUntil);
    });
  });
  await Promise.all(swept);
}

/** A row whose object is empty is let go: there is nothing to wake. */
async function wake(db: Database, row: LateBatch, batch: BatchProtocol): Promise<void> {
  const outcome = await batch.wake();
  if (outcome.kind !== "unknown") return;
  log.error({ workspace: row.workspace, batchId: row.batch_id }, "a batch on the list has no object");
  await revisitBatch(db, row, null);
}

/** An erased batch takes itself off the list. */
async function erase(db: Database, row: LateBatch, batch: BatchProtocol): Promise<void> {
  const outcome = await batch.erase();
  if (outcome.kind === "unknown") await deleteBatch(db, row);
  if (outcome.kind === "open") await batch.wake();
}
