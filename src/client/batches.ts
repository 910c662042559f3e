import type { Batch, BatchInput as BatchBody, BatchStatus } from "../batches/batch.ts";
import type { BatchEvent } from "../batches/batch-event.ts";
import type { Delegation } from "../delegations/delegation.ts";
import type { BatchSummary } from "../http/batch-list.ts";
import {
  ask,
  type CallOptions,
  type CreatedSpan,
  each,
  find,
  type Page,
  type PageOptions,
  page,
  pathOf,
  whenEnded,
} from "./ask.ts";
import { type Camel, camel, type Input, snake } from "./camel-case.ts";
import { type DelegationRecord, recordOf } from "./delegation-record.ts";
import { eachLine } from "./each-line.ts";
import { type FollowOptions, followLog } from "./follow-log.ts";
import type { Transport } from "./transport.ts";

/** The body of `POST /v1/batches` in camelCase. */
export type BatchInput = Input<BatchBody>;
/** A batch; `results` has every task by its id. Costs are US dollars, null when not known. */
export type BatchRecord = Camel<Batch>;
/** A batch as the list has it: without its results. */
export type BatchRow = Camel<BatchSummary>;
/** A task that has no delegation of its own: it was deleted, or its id was taken. */
export type AbsentResult = { taskId: string; error: { code: string; message: string } };

export type BatchFilter = CreatedSpan & { status?: BatchStatus | readonly BatchStatus[] };

/** Many delegations at once. `parallelDelegate` starts a batch and gives its results. */
export const batches = (transport: Transport) => ({
  /** Starts a batch and does not wait. All tasks are checked before any is started. */
  start: (input: BatchInput, options: CallOptions = {}): Promise<BatchRecord> =>
    ask<Batch>(transport, { method: "POST", path: "/v1/batches", body: snake(input), again: "by key", ...options }),
  /** The batch as it is now; null when there is none of this id (or no more). */
  get: (batchId: string, options: CallOptions = {}): Promise<BatchRecord | null> =>
    find<Batch>(transport, pathOf("batches", batchId), options),
  /** The batch once every task has ended. */
  waitFor: async (batchId: string, options: CallOptions = {}): Promise<BatchRecord> => {
    const isEnded = ({ completed_at }: Batch) => completed_at !== null;
    return camel(await whenEnded(transport, pathOf("batches", batchId), isEnded, options));
  },
  /** Each task as it starts and ends, live, to the end of the batch, as the API sends it. */
  events: (batchId: string, options: FollowOptions = {}): AsyncGenerator<BatchEvent> =>
    followLog<BatchEvent>(transport, pathOf("batches", batchId, "events"), ["batch.completed"], options),
  /** The complete delegations in the order of the tasks, as they are now, one by one. */
  results: (batchId: string, options: CallOptions = {}): AsyncGenerator<DelegationRecord | AbsentResult> =>
    results(transport, batchId, options),
  /** Those that fit, newest first. */
  list: (filter: BatchFilter = {}, options: CallOptions = {}): AsyncGenerator<BatchRow> =>
    each<BatchSummary>(transport, "/v1/batches", filter, options),
  /** One page of the same. */
  page: (filter: BatchFilter = {}, options: PageOptions = {}): Promise<Page<BatchRow>> =>
    page<BatchSummary>(transport, "/v1/batches", filter, options),
  /** Cancels every task that has not ended. */
  cancel: (batchId: string, options: CallOptions = {}): Promise<BatchRecord> =>
    ask<Batch>(transport, { method: "POST", path: pathOf("batches", batchId, "cancel"), again: "freely", ...options }),
});

type ResultLine = Delegation | { task_id: string; error: AbsentResult["error"] };

async function* results(
  transport: Transport,
  batchId: string,
  options: CallOptions,
): AsyncGenerator<DelegationRecord | AbsentResult> {
  for await (const line of eachLine<ResultLine>(transport, pathOf("batches", batchId, "results"), {}, options))
    yield "status" in line ? recordOf(line) : camel(line);
}
