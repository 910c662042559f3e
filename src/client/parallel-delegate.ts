import type { Batch } from "../batches/batch.ts";
import type { BatchEvent } from "../batches/batch-event.ts";
import { snake } from "./camel-case.ts";
import { type DelegateInput, type DelegationRecord, recordOf } from "./delegation-record.ts";
import type { CallOptions, Delegations } from "./delegations.ts";
import { followLog } from "./follow-log.ts";
import { Replay } from "./replay.ts";
import { modelName } from "./select-model.ts";
import type { Transport } from "./transport.ts";

/** How one task of several ended: its record without the prompt. */
export type TaskResult = Omit<DelegationRecord, "prompt">;

/** Awaited: every result by task id, in the order of the tasks. Iterated: each as it completes. */
export type ParallelResults = Promise<Map<string, TaskResult>> & AsyncIterable<[taskId: string, result: TaskResult]>;

export type ParallelOptions = CallOptions & {
  /** The batch's id; generated when absent. */
  batchId?: string;
  /** At most so many run at once; absent: all. */
  maxConcurrency?: number;
};

/**
 * Delegates up to 1,000 tasks as one batch: all are checked before any is started, and what becomes of one harms no other.
 * Rejects with DeputeError when the batch is refused or the server is lost, or with the signal's reason.
 */
export function parallelDelegate(
  transport: Transport,
  delegations: Delegations,
  tasks: readonly DelegateInput[],
  options: ParallelOptions = {},
): ParallelResults {
  const accepted = acceptedIds(transport, tasks, options);
  const results = new Replay(completed(transport, delegations, accepted, options.signal));
  const all = Promise.all([accepted, results.finished]).then(([{ taskIds }, entries]) => inOrder(taskIds, entries));
  // Who only iterates learns of a failure there.
  all.catch(() => undefined);
  return Object.assign(all, { [Symbol.asyncIterator]: () => results[Symbol.asyncIterator]() });
}

type Accepted = { batchId: string | undefined; taskIds: readonly string[] };

async function acceptedIds(
  transport: Transport,
  tasks: readonly DelegateInput[],
  { signal, ...options }: ParallelOptions,
): Promise<Accepted> {
  if (tasks.length === 0) return { batchId: undefined, taskIds: [] };
  const named = tasks.map(({ model, ...task }) => ({ ...task, ...(model !== undefined && { model: modelName(model) }) }));
  const body = snake({ ...options, tasks: named });
  const batch = await transport.json<Batch>({ method: "POST", path: "/v1/batches", body, again: "by key", signal });
  return { batchId: batch.batch_id, taskIds: Object.keys(batch.results) };
}

async function* completed(
  transport: Transport,
  delegations: Delegations,
  accepted: Promise<Accepted>,
  signal: AbortSignal | undefined,
): AsyncGenerator<[string, TaskResult]> {
  const { batchId } = await accepted;
  if (batchId === undefined) return;
  const path = `/v1/batches/${encodeURIComponent(batchId)}/events`;
  for await (const event of followLog<BatchEvent>(transport, path, ["batch.completed"], { signal })) {
    if (event.type !== "task.completed") continue;
    const { output_truncated, ...report } = event.delegation;
    const whole = output_truncated ? await delegations.find(event.task_id, { signal }) : null;
    yield [event.task_id, whole ?? recordOf(report)];
  }
}

function inOrder(taskIds: readonly string[], entries: readonly (readonly [string, TaskResult])[]): Map<string, TaskResult> {
  const found = new Map(entries);
  return new Map(
    taskIds.flatMap((taskId) => {
      const result = found.get(taskId);
      return result === undefined ? [] : [[taskId, result] as const];
    }),
  );
}
