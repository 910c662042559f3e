import type { CallOptions } from "./ask.ts";
import type { BatchInput, batches } from "./batches.ts";
import { type DelegateInput, type DelegationRecord, recordOf } from "./delegation-record.ts";
import type { Delegations } from "./delegations.ts";
import { Replay } from "./replay.ts";

type Batches = ReturnType<typeof batches>;

/** How one task of several ended: its record without the prompt. */
export type TaskResult = Omit<DelegationRecord, "prompt">;

/** Awaited: every result by task id, in the order of the tasks. Iterated: each as it completes. */
export type ParallelResults = Promise<Map<string, TaskResult>> & AsyncIterable<[taskId: string, result: TaskResult]>;

/** `batchId` is generated when absent; at most `maxConcurrency` run at once, else all; `defaults` are fields of every task. */
export type ParallelOptions = CallOptions & Omit<BatchInput, "tasks">;

/**
 * Delegates up to 1,000 tasks as one batch: all are checked before any is started, and what becomes of one harms no other.
 * Rejects with DeputeError when the batch is refused or the server is lost, or with the signal's reason.
 */
export function parallelDelegate(
  of: Batches,
  delegations: Delegations,
  tasks: readonly DelegateInput[],
  options: ParallelOptions = {},
): ParallelResults {
  const accepted = acceptedIds(of, tasks, options);
  const results = new Replay(completed(of, delegations, accepted, options.signal));
  const all = Promise.all([accepted, results.finished]).then(([{ taskIds }, entries]) => inOrder(taskIds, entries));
  // Who only iterates learns of a failure there.
  all.catch(() => undefined);
  return Object.assign(all, { [Symbol.asyncIterator]: () => results[Symbol.asyncIterator]() });
}

type Accepted = { batchId: string | undefined; taskIds: readonly string[] };

async function acceptedIds(
  of: Batches,
  tasks: readonly DelegateInput[],
  { signal, ...options }: ParallelOptions,
): Promise<Accepted> {
  if (tasks.length === 0) return { batchId: undefined, taskIds: [] };
  const { batchId, results } = await of.start({ ...options, tasks }, { signal });
  return { batchId, taskIds: Object.keys(results) };
}

async function* completed(
  of: Batches,
  delegations: Delegations,
  accepted: Promise<Accepted>,
  signal: AbortSignal | undefined,
): AsyncGenerator<[string, TaskResult]> {
  const { batchId } = await accepted;
  if (batchId === undefined) return;
  for await (const event of of.events(batchId, { signal })) {
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
