import { endedResult, openResult, type TaskResult } from "../delegations/task-result.ts";
import { dollars } from "../lib/nanos.ts";
import type { Batch, BatchStatus } from "./batch.ts";
import { countsOf, isOver, type Phase, statusOf } from "./batch-progress.ts";
import { spentNanos } from "./batch-spent.ts";
import type { BatchHeader, BatchProgress, StoredEvents } from "./batch-store.ts";

/** A batch in which some failed is completed all the same. */
export function batchStatus(phases: readonly Phase[], { cancelled_by }: Pick<BatchProgress, "cancelled_by">): BatchStatus {
  if (!phases.every(isOver)) return "in-progress";
  return cancelled_by !== null && phases.includes("cancelled") ? "cancelled" : "completed";
}

/** The batch as the API shows it; `ended` is how its ended tasks ended. */
export function batchView(
  header: BatchHeader,
  taskIds: readonly string[],
  phases: readonly Phase[],
  progress: BatchProgress,
  ended: Iterable<StoredEvents & { kind: "ended" }>,
): Batch {
  const reports = new Map([...ended].map(({ report }) => [report.task_id, report]));
  const costNanos = spentNanos(progress.spent);
  const result = (taskId: string, index: number): [string, TaskResult] => {
    const report = reports.get(taskId);
    return [taskId, report === undefined ? openResult(taskId, statusOf(phases[index] ?? "held")) : endedResult(report)];
  };
  return {
    batch_id: header.batch_id,
    status: batchStatus(phases, progress),
    created_at: new Date(header.created_at).toISOString(),
    completed_at: progress.completed_at === null ? null : new Date(progress.completed_at).toISOString(),
    max_concurrency: header.max_concurrency,
    created_by: header.created_by,
    counts: countsOf(phases),
    tokens_used: progress.spent.tokens_used,
    cost: dollars(costNanos),
    cost_nanos: costNanos,
    results: Object.fromEntries(taskIds.map(result)),
  };
}
