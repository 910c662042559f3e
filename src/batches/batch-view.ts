import type { TaskReport } from "../delegations/task-report.ts";
import { dollars } from "../lib/nanos.ts";
import type { Batch, BatchResult, BatchStatus } from "./batch.ts";
import { countsOf, isOver, type Phase, statusOf } from "./batch-progress.ts";
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
  const costs = [...reports.values()].map(({ cost_nanos }) => cost_nanos);
  const costNanos = costs.reduce<number | null>((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0);
  const result = (taskId: string, index: number): [string, BatchResult] => {
    const report = reports.get(taskId);
    return [taskId, report === undefined ? openResult(taskId, phases[index] ?? "held") : resultOf(report)];
  };
  return {
    batch_id: header.batch_id,
    status: batchStatus(phases, progress),
    created_at: new Date(header.created_at).toISOString(),
    completed_at: progress.completed_at === null ? null : new Date(progress.completed_at).toISOString(),
    max_concurrency: header.max_concurrency,
    created_by: header.created_by,
    counts: countsOf(phases),
    tokens_used: [...reports.values()].reduce((sum, { tokens_used }) => sum + tokens_used, 0),
    cost: dollars(costNanos),
    cost_nanos: costNanos,
    results: Object.fromEntries(taskIds.map(result)),
  };
}

const urlOf = (taskId: string): string => `/v1/delegations/${taskId}`;

function resultOf({
  task_id,
  status,
  output,
  output_truncated,
  model,
  cost,
  cost_nanos,
  tokens_used,
  error,
}: TaskReport): BatchResult {
  return { status, output, output_truncated, model, cost, cost_nanos, tokens_used, error, url: urlOf(task_id) };
}

const openResult = (taskId: string, phase: Phase): BatchResult => ({
  status: statusOf(phase),
  output: null,
  output_truncated: false,
  model: null,
  cost: 0,
  cost_nanos: 0,
  tokens_used: 0,
  error: null,
  url: urlOf(taskId),
});
