import type { DelegateInput, DelegationRecord } from "./delegation-record.ts";
import type { CallOptions, Delegations } from "./delegations.ts";
import { DeputeError } from "./depute-error.ts";

/** How one task of several ended. One that was refused is `failed` and has no `delegation`. */
export type TaskResult = Pick<DelegationRecord, "taskId" | "status" | "output" | "tokensUsed" | "cost" | "model" | "error"> & {
  delegation: DelegationRecord | null;
};

/** Awaited: every result by task id, in the order of the tasks. Iterated: each as it completes. */
export type ParallelResults = Promise<Map<string, TaskResult>> & AsyncIterable<[taskId: string, result: TaskResult]>;

/**
 * Delegates all tasks at once; what becomes of one harms no other. A task without an id gets one. Rejects with DeputeError
 * when two tasks have the same id or the server is lost, or with the signal's reason.
 */
export function parallelDelegate(
  delegations: Delegations,
  tasks: readonly DelegateInput[],
  options: CallOptions = {},
): ParallelResults {
  const running = isDistinct(tasks)
    ? tasks.map((task, index) => delegated(delegations, task, index, options))
    : [Promise.reject(new DeputeError("invalid_request", "Two of the tasks have the same taskId."))];
  const all = Promise.all(running).then((results) => new Map(results.map((result) => [result.taskId, result])));
  // Who only iterates learns of a failure there.
  all.catch(() => undefined);
  return Object.assign(all, { [Symbol.asyncIterator]: () => asCompleted(running) });
}

async function delegated(
  delegations: Delegations,
  task: DelegateInput,
  index: number,
  options: CallOptions,
): Promise<TaskResult> {
  let accepted: DelegationRecord;
  try {
    accepted = await delegations.create(task, options);
  } catch (error) {
    if (error instanceof DeputeError && error.code !== "unreachable") return refused(task.taskId ?? `tasks.${index}`, error);
    throw error;
  }
  const delegation = await delegations.final(accepted.taskId, options);
  const { taskId, status, output, tokensUsed, cost, model, error } = delegation;
  return { taskId, status, output, tokensUsed, cost, model, error, delegation };
}

const refused = (taskId: string, { code, message }: DeputeError): TaskResult => ({
  taskId,
  status: "failed",
  output: null,
  tokensUsed: 0,
  cost: 0,
  model: null,
  error: { code, message },
  delegation: null,
});

function isDistinct(tasks: readonly DelegateInput[]): boolean {
  const ids = tasks.flatMap(({ taskId }) => (taskId === undefined ? [] : [taskId]));
  return new Set(ids).size === ids.length;
}

async function* asCompleted(running: readonly Promise<TaskResult>[]): AsyncGenerator<[string, TaskResult]> {
  const waiting = new Map(running.map((promise, index) => [index, promise.then((result) => ({ index, result }))]));
  while (waiting.size > 0) {
    const { index, result } = await Promise.race(waiting.values());
    waiting.delete(index);
    yield [result.taskId, result];
  }
}
