import type { BatchRow } from "../db/save-batch.ts";
import type { Delegation } from "../delegations/delegation.ts";
import type { DelegationSpec } from "../delegations/delegation-rpc.ts";
import { GroupedLog } from "../delegations/log/grouped-log.ts";
import { refusedReport } from "../delegations/refused-report.ts";
import type { TaskReport } from "../delegations/task-report.ts";
import { backoffMs } from "../lib/backoff.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Batch } from "./batch.ts";
import { batchEvents } from "./batch-event.ts";
import { countsOf, isOver, isWaiting, nextPhase, type Phase, phasesOf, phasesText, sendable } from "./batch-progress.ts";
import { batchRow } from "./batch-row.ts";
import type { BatchSpec, StartResult } from "./batch-rpc.ts";
import { NOTHING_SPENT, withSpent } from "./batch-spent.ts";
import type { BatchHeader, BatchProgress, BatchStore, StoredEvents } from "./batch-store.ts";
import { batchStatus, batchView } from "./batch-view.ts";
import { waitingView } from "./waiting-task.ts";

/**
 * `rows`: the list is told of the batch and its tasks. `row`: of the batch. `sends`: what may run is sent to the queue.
 * `cancels`: what has not ended is cancelled.
 */
export type BatchOutboxKind = "rows" | "row" | "sends" | "cancels";

/** How long changed counts wait for others before the list is told of them; the end does not wait. */
const LIST_MS = 10_000;
/** What was sent and not started is sent again after 10 to 20 s, then ever more rarely. */
const RESEND = { baseMs: 10_000, capMs: 600_000, floorMs: 10_000 };

/** One batch in memory on top of its rows. Every change is synchronous: progress, events and outbox rows are stored together. */
export class RunningBatch {
  readonly header: BatchHeader;
  readonly taskIds: readonly string[];
  readonly #store: BatchStore;
  readonly #outbox: Outbox<BatchOutboxKind>;
  readonly #clock: { now: () => number; random: () => number };
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #log: GroupedLog<StoredEvents>;
  readonly #phases: Phase[];
  #progress: BatchProgress;

  private constructor(
    header: BatchHeader,
    progress: BatchProgress,
    store: BatchStore,
    outbox: Outbox<BatchOutboxKind>,
    clock: { now: () => number; random: () => number },
  ) {
    this.header = header;
    this.taskIds = store.taskIds();
    this.#store = store;
    this.#outbox = outbox;
    this.#clock = clock;
    this.#progress = progress;
    this.#phases = phasesOf(progress.phases);
    this.#indexes = new Map(this.taskIds.map((id, index) => [id, index]));
    const told = {
      batch_id: header.batch_id,
      taskIds: this.taskIds,
      ending: () => ({ status: batchStatus(this.#phases, this.#progress), counts: countsOf(this.#phases) }),
    };
    this.#log = new GroupedLog(store.events, {
      next: () => this.#progress.next,
      isOver: () => this.isOver,
      eventsOf: (stored) => batchEvents(stored, told),
    });
  }

  /** The stored batch; undefined when the object is empty. */
  static load(
    store: BatchStore,
    outbox: Outbox<BatchOutboxKind>,
    clock: { now: () => number; random: () => number },
  ): RunningBatch | undefined {
    const progress = store.progress();
    const header = progress && store.header();
    return header && new RunningBatch(header, progress, store, outbox, clock);
  }

  static accept(
    spec: BatchSpec,
    store: BatchStore,
    outbox: Outbox<BatchOutboxKind>,
    clock: { now: () => number; random: () => number },
  ): RunningBatch {
    const header = store.putBatch(spec);
    const progress: BatchProgress = {
      phases: phasesText(spec.tasks.map(() => "held")),
      next: 1,
      cancelled_by: null,
      resend_at: null,
      resends: 0,
      completed_at: null,
      version: 1,
      list_at: null,
      spent: NOTHING_SPENT,
    };
    store.putProgress(progress);
    outbox.add("rows");
    outbox.add("sends");
    return new RunningBatch(header, progress, store, outbox, clock);
  }

  get isOver(): boolean {
    return this.#progress.completed_at !== null;
  }

  get cancelledBy(): string | null {
    return this.#progress.cancelled_by;
  }

  /** When what was sent is to be sent again; null while nothing is. */
  get resendAt(): number | null {
    return this.#progress.resend_at;
  }

  /** When the list is to be told of changed counts; null while it knows. */
  get listAt(): number | null {
    return this.#progress.list_at;
  }

  /** The ids to send now; none once the batch was cancelled. */
  toSend(): string[] {
    if (this.cancelledBy !== null) return [];
    return sendable(this.#phases, this.header.max_concurrency).flatMap((index) => this.taskIds[index] ?? []);
  }

  /** These were sent; they are sent again unless their start is reported in time. */
  sent(taskIds: readonly string[]): void {
    for (const index of this.#indexesOf(taskIds)) if (this.#phases[index] === "held") this.#phases[index] = "queued";
    this.#save({});
  }

  /** Takes back what was sent and not started for too long. */
  resendIfDue(): void {
    const { resend_at, resends } = this.#progress;
    if (resend_at === null || resend_at > this.#clock.now()) return;
    for (const [index, phase] of this.#phases.entries()) if (phase === "queued") this.#phases[index] = "held";
    this.#save({ resend_at: null, resends: resends + 1 });
  }

  /** The list is told of what changed since it was told. */
  listIfDue(): void {
    const { list_at } = this.#progress;
    if (list_at === null || list_at > this.#clock.now()) return;
    this.#outbox.add("row");
    this.#save({ list_at: null });
  }

  /** Makes due what must follow from its state, as if nothing of it had been: an alarm was lost. */
  wake(): void {
    this.#outbox.add("row");
    if (this.toSend().length > 0) this.#outbox.add("sends");
    if (this.cancelledBy !== null && !this.isOver) this.#outbox.add("cancels");
  }

  /** What the list shows of it; once ended it is kept for `retentionMs`. */
  row(retentionMs: number): BatchRow {
    const now = this.#clock.now();
    const owes = this.toSend().length > 0 || this.cancelledBy !== null;
    const dueAt = this.resendAt ?? (owes ? now : null);
    return batchRow(this.header, this.#phases, this.#progress, { now, dueAt, retentionMs });
  }

  /** The specs of those of the tasks that are still to be started. */
  specsOf(taskIds: readonly string[]): DelegationSpec[] {
    if (this.cancelledBy !== null) return [];
    const waiting = this.#indexesOf(taskIds).filter((index) => isWaiting(this.#phases[index] ?? "running"));
    return this.#store.specs(this.header, waiting);
  }

  /** Those of the tasks that are still to be started. */
  holding(taskIds: readonly string[]): string[] {
    return this.#indexesOf(taskIds).flatMap((index) =>
      isWaiting(this.#phases[index] ?? "running") ? (this.taskIds[index] ?? []) : [],
    );
  }

  allSpecs(): DelegationSpec[] {
    return this.#store.specs(this.header, [...this.taskIds.keys()]);
  }

  /** The tasks that have not ended; with its spec what may not have been started. */
  open(): { task_id: string; spec: DelegationSpec | undefined }[] {
    const open = [...this.taskIds.entries()].filter(([index]) => !isOver(this.#phases[index] ?? "held"));
    const waiting = open.filter(([index]) => isWaiting(this.#phases[index] ?? "held")).map(([index]) => index);
    const specs = new Map(this.#store.specs(this.header, waiting).map((spec) => [spec.task_id, spec]));
    return open.map(([, task_id]) => ({ task_id, spec: specs.get(task_id) }));
  }

  /** Takes in what tasks and their starts came to, in any order and as often as it comes. */
  apply(results: readonly StartResult[]): void {
    const begun: number[] = [];
    const ended: TaskReport[] = [];
    for (const result of results) {
      const index = this.#indexes.get(result.task_id);
      const phase = index === undefined ? undefined : this.#phases[index];
      if (index === undefined || phase === undefined) continue;
      const report = this.#reportOf(result, index);
      if (report === undefined) continue;
      const next = nextPhase(phase, report.status);
      if (isOver(phase)) this.#revise(report);
      else if (isOver(next)) ended.push(report);
      if (isWaiting(phase) && !("refused" in result)) begun.push(index);
      this.#phases[index] = next;
    }
    this.#commit(begun, ended);
  }

  cancel(by: string): void {
    if (this.isOver || this.cancelledBy !== null) return;
    this.#outbox.add("cancels");
    this.#save({ cancelled_by: by });
  }

  view(): Batch {
    return batchView(this.header, this.taskIds, this.#phases, this.#progress, this.#store.ended());
  }

  /** A task that was not started, as its own object will show it; undefined when that knows more. */
  waiting(taskId: string): Delegation | undefined {
    const index = this.#indexes.get(taskId);
    if (index === undefined || !isWaiting(this.#phases[index] ?? "running")) return undefined;
    const [spec] = this.#store.specs(this.header, [index]);
    return spec && waitingView(spec);
  }

  has(taskId: string): boolean {
    return this.#indexes.has(taskId);
  }

  /** Resolves when `isDone` holds after some change, at the latest after `waitMs`. */
  until(isDone: () => boolean, waitMs: number): Promise<void> {
    return this.#log.until(isDone, waitMs);
  }

  /** A reader of the log; undefined when it has seen the end already. */
  read(after: number, format: "sse" | "ndjson"): ReadableStream<Uint8Array> | undefined {
    return this.#log.stream(after, format);
  }

  #reportOf(result: StartResult, index: number): TaskReport | undefined {
    if ("report" in result) return result.report;
    const [spec] = this.#store.specs(this.header, [index]);
    return spec && refusedReport(spec, result.refused, this.#clock.now());
  }

  /** The costs of an ended task became certain, or its texts were deleted. */
  #revise(report: TaskReport): void {
    if (report.status !== "completed" && report.status !== "failed" && report.status !== "cancelled") return;
    for (const events of this.#store.ended()) {
      if (events.report.task_id !== report.task_id || events.report.error?.code === "conflict") continue;
      this.#store.events.put({ ...events, report });
      const { tokens_used, cost_nanos } = events.report;
      if (report.tokens_used === tokens_used && report.cost_nanos === cost_nanos) return;
      this.#save({ spent: withSpent(this.#progress.spent, report, events.report), list_at: this.#listedBy() });
      return;
    }
  }

  #commit(begun: readonly number[], ended: readonly TaskReport[]): void {
    if (phasesText(this.#phases) === this.#progress.phases) return;
    const now = this.#clock.now();
    if (begun.length > 0) this.#append({ kind: "started", tasks: [...begun], first: this.#progress.next, at: now }, begun.length);
    for (const report of ended) this.#append({ kind: "ended", report, first: this.#progress.next, at: now }, 1);
    const ends = !this.isOver && this.#phases.every(isOver);
    if (ends) this.#append({ kind: "completed", first: this.#progress.next, at: now }, 1);
    const spent = ended.reduce((sum, report) => withSpent(sum, report), this.#progress.spent);
    const completed_at = ends ? now : this.#progress.completed_at;
    if (ends) this.#outbox.add("row");
    this.#save({ completed_at, spent, resends: 0, list_at: ends ? null : this.#listedBy() });
    if (!this.#phases.some(isWaiting)) this.#store.dropSpecs();
    this.#log.notify();
  }

  #listedBy(): number {
    return this.#progress.list_at ?? this.#clock.now() + LIST_MS;
  }

  #append(events: StoredEvents, count: number): void {
    this.#store.events.put(events);
    this.#progress = { ...this.#progress, next: this.#progress.next + count };
  }

  /** Stores the phases and what else changed, and what follows: what may run is sent, and what was sent is looked after. */
  #save(changes: Partial<BatchProgress>): void {
    const version = this.#progress.version + 1;
    const progress = { ...this.#progress, ...changes, version, phases: phasesText(this.#phases) };
    const isSent = this.#phases.includes("queued");
    if (!isSent) progress.resend_at = null;
    else progress.resend_at ??= this.#clock.now() + backoffMs(progress.resends, { ...RESEND, random: this.#clock.random() });
    this.#progress = progress;
    this.#store.putProgress(progress);
    if (this.toSend().length > 0) this.#outbox.add("sends");
  }

  #indexesOf(taskIds: readonly string[]): number[] {
    return taskIds.flatMap((id) => this.#indexes.get(id) ?? []).sort((left, right) => left - right);
  }
}
