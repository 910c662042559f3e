import type { BatchProtocol } from "../batches/batch-rpc.ts";
import type { Database } from "../db/client.ts";
import { lateBatches } from "../db/late-batches.ts";
import { deleteBatch, revisitBatch } from "../db/save-batch.ts";
import { LATE_MS, MOST } from "./reached.ts";
import { sweepKept } from "./sweep-kept.ts";

/** Wakes the objects of open batches that should have moved, and erases batches that ended longer than `retentionMs` ago. */
export async function sweepBatches(env: Env, db: Database, now: number, retentionMs: number): Promise<void> {
  const late = await lateBatches(db, now - LATE_MS, MOST);
  await sweepKept(late, now, retentionMs, {
    name: ({ workspace, batch_id }) => ({ workspace, batchId: batch_id }),
    object: ({ workspace, batch_id }) => env.BATCHES.getByName(`${workspace}/${batch_id}`) as unknown as BatchProtocol,
    revisit: (row, at) => revisitBatch(db, row, at),
    drop: (row) => deleteBatch(db, row),
  });
}
