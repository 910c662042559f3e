import type { Actor } from "../db/audit.ts";
import type { Delegation } from "../delegations/delegation.ts";
import type { Absent, DecideOutcome, DelegationSpec, EraseEndedOutcome, WakeOutcome } from "../delegations/delegation-rpc.ts";
import type { TaskListener, TaskReport } from "../delegations/task-report.ts";
import type { Batch } from "./batch.ts";

/** All of a batch, as it is accepted. */
export type BatchSpec = {
  workspace: string;
  batch_id: string;
  /** SHA-256 (hex) of the canonical JSON of the body as sent, without `batch_id`. */
  hash: string;
  created_by: string;
  /** Milliseconds since the epoch. */
  created_at: number;
  /** How many may run at once; null = all. */
  max_concurrency: number | null;
  /** Told of its end besides the workspace's endpoints. */
  webhook_url?: string;
  /** Never empty; their ids are all different. */
  tasks: DelegationSpec[];
};

export type AcceptOutcome = { kind: "accepted" | "same"; batch: Batch } | { kind: "conflict" } | { kind: "gone" };
export type FindOutcome = { kind: "same"; batch: Batch } | { kind: "conflict" } | Absent;
export type BatchOutcome = { kind: "found"; batch: Batch } | Absent;
export type SpecsOutcome = { kind: "found"; specs: DelegationSpec[] } | { kind: "unknown" };
/** What the start of a task came to; `refused`: its id belongs to another task, or to a deleted one. */
export type StartResult = { task_id: string; report: TaskReport } | { task_id: string; refused: "conflict" | "gone" };
/** `started`: the task's own object knows it. */
export type WaitingOutcome = { kind: "waiting"; delegation: Delegation } | { kind: "started" } | { kind: "unknown" };
/** `ended`: the caller has seen the last event already. */
export type BatchEventsOutcome = { kind: "stream"; stream: ReadableStream<Uint8Array> } | { kind: "ended" } | Absent;
export type TasksOutcome = { kind: "found"; task_ids: string[] } | Absent;

/**
 * The protocol of the Durable Object that owns one batch, named `<workspace>/<batch_id>`. Every method may be called twice,
 * at once, and after a crash half way, with the same outcome; none throws on purpose.
 */
export interface BatchProtocol extends TaskListener {
  /** Stores all tasks and arms their start, once. */
  accept(spec: BatchSpec): Promise<AcceptOutcome>;
  /** Whether the batch was accepted already, and with this hash. */
  find(hash: string): Promise<FindOutcome>;
  /** The batch now, or as soon as all of it has ended but no later than `waitMs` (0–55,000). */
  read(waitMs: number): Promise<BatchOutcome>;
  /** The specs of those of the tasks that are still to be started. */
  specsOf(taskIds: readonly string[]): Promise<SpecsOutcome>;
  /** What the starts came to. */
  started(results: readonly StartResult[]): Promise<void>;
  /** The task while its own object does not know it: now, or when it is started but no later than `waitMs`. */
  waiting(taskId: string, waitMs: number): Promise<WaitingOutcome>;
  /** Ends a task that was not started, in its own object. */
  cancelTask(taskId: string, by: string): Promise<void>;
  /**
   * Answers a task that was not started and needs approval; `conflict` for one that needs none. It is started for that, in its
   * own object, whatever else may run: until it is approved nothing of it does.
   */
  decideTask(taskId: string, decision: "approve" | "reject", by: string, actor?: Actor): Promise<DecideOutcome>;
  /** Ends every task that has not ended. Answers when they have, or after 20 s. */
  cancel(by: string): Promise<BatchOutcome>;
  /** The ids of its tasks, in the order they came. */
  taskIds(): Promise<TasksOutcome>;
  /** Those of the ids that are still to be started. */
  holding(taskIds: readonly string[]): Promise<TasksOutcome>;
  /** The event log after `after`: as Server-Sent Events that go on live, or as NDJSON of what there is now. */
  events(after: number, format: "sse" | "ndjson"): Promise<BatchEventsOutcome>;
  /** Removes all of it but that it was, and takes it off the list, once it has ended. Its tasks stay. */
  erase(): Promise<EraseEndedOutcome>;
  /** Makes sure that what is due will run (the sweep calls it for batches that should have moved). */
  wake(): Promise<WakeOutcome>;
}
