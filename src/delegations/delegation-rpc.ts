import type { ReservationState } from "../budgets/ledger-rpc.ts";
import type { Actor } from "../db/audit.ts";
import type { Repository } from "../providers/provider.ts";
import type { RecordedWork } from "./admission/recorded-work.ts";
import type { Delegation, DelegationInput, Warning } from "./delegation.ts";

/** One executor a delegation may use: resolved, so that what runs is on record whatever aliases mean later. */
export type Candidate = {
  provider: "claude" | "gemini" | "codex" | "copilot" | "compatible";
  /** The name in COMPATIBLE_ENDPOINTS; null for the others. */
  endpoint: string | null;
  /** The vendor's own model id; `""` for copilot when GitHub chooses. */
  model: string;
  /** As the caller named it; null when it was derived. */
  requested: string | null;
};

/** Who is told of a task's end: the object `<workspace>/<id>` of `BATCHES` or of `FLOWS`. */
export type Listener = { kind: "batch" | "flow"; id: string };

/** All that a delegation needs to run, as stored in its object. */
export type DelegationSpec = {
  workspace: string;
  task_id: string;
  /** SHA-256 (hex) of the canonical JSON of the body as sent, without `task_id`. */
  hash: string;
  input: DelegationInput;
  /** The first is tried first. Empty only of what is `recorded`. */
  candidates: Candidate[];
  /** What was dropped or mapped, known at acceptance. */
  warnings: Warning[];
  /** The key's name. */
  created_by: string;
  /** The id of that key, `owner` for the owner's; absent in specs of older versions. */
  key_id?: string;
  /** The id of the request that brought it, for the log; absent in specs of older versions. */
  request_id?: string;
  /** Milliseconds since the epoch. */
  created_at: number;
  parent_task_id: string | null;
  repository: Repository | null;
  /** The role whose defaults are in `input`; absent in specs of older versions, which had only `default`. */
  agent?: string;
  /** Absent: it came alone. */
  batch_id?: string;
  /** The flow it is a step of, and what that calls it. */
  flow?: { id: string; step: string };
  listeners?: Listener[];
  /** So long the money of its first attempt is held for certain, in milliseconds since the epoch; absent: none was held. */
  reserved_until?: number;
  /** The task whose answer this one took from the cache, and the model that gave it; absent: it runs. */
  cached?: Omit<CachedAnswer, "output">;
  /** Work that was done elsewhere: there are no candidates, and nothing runs. */
  recorded?: RecordedWork;
};

/** The answer of an equal task that was completed before. */
export type CachedAnswer = { task_id: string; model: string | null; output: string };

export type StartOutcome = { kind: "created" | "same"; delegation: Delegation } | { kind: "conflict" } | { kind: "gone" };

/** What every other method answers when there is no such task, or no longer. */
export type Absent = { kind: "unknown" } | { kind: "gone" };
export type ReadOutcome = { kind: "found"; delegation: Delegation } | Absent;
export type CancelOutcome = { kind: "cancelled" | "final"; delegation: Delegation } | Absent;
export type RefuseOutcome = CancelOutcome | { kind: "conflict" };
export type DecideOutcome = { kind: "decided" | "conflict"; delegation: Delegation } | Absent;
export type ScoreOutcome = { kind: "scored" | "open"; delegation: Delegation } | Absent;
export type SpecOutcome = { kind: "found"; spec: DelegationSpec; status: Delegation["status"] } | Absent;
/** `ended`: the caller has seen the last event already. */
export type EventsOutcome = { kind: "stream"; stream: ReadableStream<Uint8Array> } | { kind: "ended" } | Absent;
export type WakeOutcome = { kind: "woken" } | { kind: "unknown" };
export type EraseOutcome = { kind: "erased" } | Absent;
/** What the erasure of a batch or a flow comes to; `open`: it has not ended, and stays. */
export type EraseEndedOutcome = { kind: "erased" } | { kind: "open" } | { kind: "unknown" };

/**
 * The protocol of the Durable Object that owns one task, named `<workspace>/<task_id>`. Every method may be called twice,
 * at once, and after a crash half way, with the same outcome; none throws on purpose.
 */
export interface DelegationProtocol {
  /**
   * Admission: stores the spec and arms the run, once; with an answer from the cache the task is completed at once, and nothing
   * runs. With `same`, the spec's listeners are added to those of the task.
   */
  start(spec: DelegationSpec, answer?: CachedAnswer): Promise<StartOutcome>;
  /** The delegation now, or as soon as it is final but no later than `waitMs` (0–55,000). */
  read(waitMs: number): Promise<ReadOutcome>;
  /** Stops the vendor call; `final` when it had ended otherwise. */
  cancel(by: string): Promise<CancelOutcome>;
  /** Cancels the task, or, when it was never started, puts it on record as cancelled: a later `start` of the same finds that. */
  refuse(spec: DelegationSpec, by: string): Promise<RefuseOutcome>;
  /**
   * Answers a `needs-approval` task; the same decision again is `decided`, another one `conflict`. With an actor the first one is
   * put on record.
   */
  decide(decision: "approve" | "reject", by: string, actor?: Actor): Promise<DecideOutcome>;
  /** Puts work on record that was done elsewhere (`spec.recorded`), with its output: as `start`, but it is final from the first. */
  record(spec: DelegationSpec, output: string | null): Promise<StartOutcome>;
  /** What somebody thinks of the result, 0 to 1, in place of what was said before; `open` when the task has not ended. */
  score(value: number, comment: string | null): Promise<ScoreOutcome>;
  /** The spec as it was accepted, for a retry. */
  specification(): Promise<SpecOutcome>;
  /** The event log after `after`: as Server-Sent Events that go on live, or as NDJSON of what there is now. */
  events(after: number, format: "sse" | "ndjson"): Promise<EventsOutcome>;
  /** Removes body, events and output for good; cancels first when running. Leaves a tombstone; with an actor it is put on record. */
  erase(by: string, actor?: Actor): Promise<EraseOutcome>;
  /** How an attempt stands of which the ledger holds the money; `hash` is the task's. */
  reservationState(hash: string, attempt: number): Promise<ReservationState>;
  /** Makes sure that what is due will run (the sweep calls it for tasks whose row should have moved). */
  wake(): Promise<WakeOutcome>;
}
