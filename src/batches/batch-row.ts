import type { BatchRow } from "../db/save-batch.ts";
import { countsOf, type Phase } from "./batch-progress.ts";
import { spentNanos } from "./batch-spent.ts";
import type { BatchHeader, BatchProgress } from "./batch-store.ts";
import { batchStatus } from "./batch-view.ts";

/** How often an open batch is looked at by which nothing is due: its tasks run, or wait for approval. */
const IDLE_MS = 3_600_000;

/**
 * What the list shows of a batch. `moves_by` is when it should have moved: what it has to do next, the sweep's next look at
 * it, or, once it has ended, the end of its retention. `retentionMs` in milliseconds.
 */
export function batchRow(
  header: BatchHeader,
  phases: readonly Phase[],
  progress: BatchProgress,
  { now, dueAt, retentionMs }: { now: number; dueAt: number | null; retentionMs: number },
): BatchRow {
  const { completed_at, spent } = progress;
  return {
    workspace: header.workspace,
    batch_id: header.batch_id,
    version: progress.version,
    status: batchStatus(phases, progress),
    counts: countsOf(phases),
    created_at: header.created_at,
    updated_at: now,
    completed_at,
    moves_by: completed_at === null ? (dueAt ?? now + IDLE_MS) : completed_at + retentionMs,
    tokens_used: spent.tokens_used,
    cost_nanos: spentNanos(spent),
    created_by: header.created_by,
  };
}
