import type { Outbox } from "../outbox/outbox.ts";
import { type RecordedWork, recordedState } from "./admission/recorded-work.ts";
import type { Delegation } from "./delegation.ts";
import type { CachedAnswer, DelegationSpec, Listener } from "./delegation-rpc.ts";
import { acceptedState, cachedState, type DelegationState, isFinal } from "./delegation-state.ts";
import type { Checkpoint, DelegationStore } from "./delegation-store.ts";
import { delegationView } from "./delegation-view.ts";
import type { EventBody } from "./events.ts";
import { EventLog } from "./log/event-log.ts";
import { EventStream, type EventStreamOptions } from "./log/event-stream.ts";
import { ItemWriter } from "./log/item-writer.ts";

/** `listeners`: those who wait for the task are told; `audit`: what people did to it is put on record. */
export type OutboxKind = "projection" | "listeners" | "audit";

/** The number in the items of an answer that no attempt gave. */
const NO_ATTEMPT = 0;

/**
 * One task in memory on top of its rows: the state, the log and who watches. Every change goes through `commit`, which
 * is synchronous: state, events and outbox row are stored together or not at all.
 */
export class DelegationTask {
  readonly log: EventLog;
  readonly #store: DelegationStore;
  readonly #outbox: Outbox<OutboxKind>;
  readonly #now: () => number;
  readonly #streams = new Set<EventStream>();
  #spec: DelegationSpec;
  #state: DelegationState;
  #ended: (() => void)[] = [];
  #deleted = false;

  private constructor(
    spec: DelegationSpec,
    state: DelegationState,
    store: DelegationStore,
    outbox: Outbox<OutboxKind>,
    now: () => number,
  ) {
    this.#spec = spec;
    this.#state = state;
    this.#store = store;
    this.#outbox = outbox;
    this.#now = now;
    this.log = new EventLog(spec.task_id, store);
    if (this.log.next === 1) this.log.append({ type: "thread.started" }, spec.created_at);
  }

  /** The stored task; undefined when the object is empty or holds a tombstone. */
  static load(store: DelegationStore, outbox: Outbox<OutboxKind>, now: () => number): DelegationTask | undefined {
    const state = store.state();
    const spec = state && store.spec();
    return state && spec && new DelegationTask(spec, state, store, outbox, now);
  }

  /** A new task. With an answer from the cache it is completed at once: nothing of it is paid, so nobody is asked for approval. */
  static accept(
    spec: DelegationSpec,
    store: DelegationStore,
    outbox: Outbox<OutboxKind>,
    now: () => number,
    answer?: CachedAnswer,
  ): DelegationTask {
    if (answer !== undefined) return DelegationTask.#answered(spec, answer, store, outbox, now);
    const state = acceptedState(spec);
    store.putSpec(spec);
    store.putState(state);
    outbox.add("projection");
    const task = new DelegationTask(spec, state, store, outbox, now);
    if (state.status === "needs-approval") {
      task.log.append({ type: "approval.requested" }, spec.created_at);
      // Nothing happens for days: the object goes, and with it what only the buffer knows.
      task.flush();
    }
    return task;
  }

  static #answered(
    spec: DelegationSpec,
    { output, ...cached }: CachedAnswer,
    store: DelegationStore,
    outbox: Outbox<OutboxKind>,
    now: () => number,
  ): DelegationTask {
    const known: DelegationSpec = { ...spec, cached };
    const accepted = acceptedState(known);
    const task = new DelegationTask(known, accepted, store, outbox, now);
    task.#begin(cachedState(accepted, now()), output);
    return task;
  }

  /** Work that was done elsewhere, put on record. */
  static record(
    { spec, work, output }: { spec: DelegationSpec; work: RecordedWork; output: string | null },
    store: DelegationStore,
    outbox: Outbox<OutboxKind>,
    now: () => number,
  ): DelegationTask {
    const accepted = acceptedState(spec);
    const task = new DelegationTask(spec, accepted, store, outbox, now);
    task.#begin(recordedState(accepted, work), output);
    return task;
  }

  /** Stores a task that is final from the first, with an answer that no attempt gave. */
  #begin(final: DelegationState, output: string | null): void {
    this.#store.putSpec(this.#spec);
    const events: EventBody[] = [];
    const writer = new ItemWriter(NO_ATTEMPT, (event) => events.push(event), this.#now);
    if (output !== null) writer.text(output);
    writer.end();
    this.commit(final, events, { flush: true });
  }

  get spec(): DelegationSpec {
    return this.#spec;
  }

  get state(): DelegationState {
    return this.#state;
  }

  get watched(): boolean {
    return this.#streams.size > 0;
  }

  /** Stores the next state with what happened; nothing once the task was deleted. Events wait in the buffer while nobody watches and nothing depends on them. */
  commit(
    state: DelegationState,
    events: readonly EventBody[],
    options: { flush: boolean; checkpoint?: Checkpoint | undefined },
  ): void {
    if (this.#deleted) return;
    const ends = isFinal(state) && !isFinal(this.#state);
    const isScored = state.score !== this.#state.score;
    const isTold = (isFinal(state) && !isScored) || state.decision !== this.#state.decision;
    const now = this.#now();
    for (const event of events) this.log.append(event, now);
    if (ends) this.log.append({ type: "thread.completed", status: state.status, error: state.error }, now);
    this.#state = state;
    if (options.flush || ends || this.watched) this.flush(options.checkpoint);
    this.#store.putState(this.#state);
    this.#outbox.add("projection");
    if (isTold && this.#spec.listeners !== undefined) this.#outbox.add("listeners");
    if (ends) for (const resolve of this.#ended.splice(0)) resolve();
  }

  /** Puts the next step off. Not stored: an instance that lost it only asks again whether it is time. */
  postpone(dueAt: number): void {
    this.#state = { ...this.#state, due_at: dueAt };
  }

  /** Stores the waiting events, and keeps in mind for the next commit where the answer's text went. */
  flush(checkpoint?: Checkpoint): void {
    if (this.#deleted) return;
    const waiting = this.log.waiting;
    const packs = this.log.flush(checkpoint);
    for (const stream of this.#streams) stream.stored(waiting);
    if (packs.length > 0) this.#state = { ...this.#state, output_packs: [...this.#state.output_packs, ...packs] };
  }

  /** Adds those who wait for the task, too. */
  listen(listeners: readonly Listener[]): void {
    const known = this.#spec.listeners ?? [];
    const added = listeners.filter(({ kind, id }) => !known.some((other) => other.kind === kind && other.id === id));
    if (added.length === 0) return;
    this.#spec = { ...this.#spec, listeners: [...known, ...added] };
    this.#store.putSpec(this.#spec);
  }

  view(): Delegation {
    return delegationView(this.#spec, this.#state, this.output());
  }

  /** The answer of the attempt that completed, or of the cache, read from the log; null before. */
  output(): string | null {
    if (this.#state.status !== "completed" && this.#spec.recorded === undefined) return null;
    const answered = this.#state.attempts.findLast((attempt) => attempt.status === "completed");
    if (answered === undefined && !this.#hasForeignAnswer()) return null;
    const prefix = `item_${answered?.number ?? NO_ATTEMPT}_`;
    return this.#state.output_packs.map((first) => this.#messagesIn(first, prefix)).join("");
  }

  /** Whether the log holds an answer that no attempt gave: the cache's, or that of work on record, which may have none. */
  #hasForeignAnswer(): boolean {
    return this.#spec.cached !== undefined || (this.#spec.recorded !== undefined && this.#state.output_packs.length > 0);
  }

  /** Resolves when the task is final, at the latest after `waitMs`. */
  async untilFinal(waitMs: number): Promise<void> {
    if (isFinal(this.#state) || waitMs <= 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#ended.push(resolve);
      timer = setTimeout(() => {
        this.#ended = this.#ended.filter((other) => other !== resolve);
        resolve();
      }, waitMs);
    });
    clearTimeout(timer);
  }

  /** A reader of the log; undefined when it has seen the end already. */
  read(options: Pick<EventStreamOptions, "after" | "format" | "follow">): ReadableStream<Uint8Array> | undefined {
    this.flush();
    // Who claims to have seen what is still to come waits for the next event, and for the end.
    const after = Math.min(options.after, this.log.next - 1);
    if (options.follow && isFinal(this.#state) && after + 1 === this.log.next) return undefined;
    const stream: EventStream = new EventStream(this.log, { ...options, after, onClose: () => this.#streams.delete(stream) });
    if (options.follow) this.#streams.add(stream);
    return stream.readable;
  }

  /** Ends what anybody watches, saying that the task is gone. */
  deleted(): void {
    this.#deleted = true;
    const at = new Date(this.#now()).toISOString();
    const line = JSON.stringify({ seq: this.log.next, at, task_id: this.spec.task_id, type: "thread.deleted" });
    for (const stream of [...this.#streams]) stream.end(line);
  }

  #messagesIn(first: number, prefix: string): string {
    const lines = this.#store.packWith(first)?.lines.split("\n") ?? [];
    return lines
      .filter((line) => line.includes('"type":"item.completed"'))
      .map((line) => JSON.parse(line) as EventBody)
      .map((event) =>
        event.type === "item.completed" && event.item.type === "agent_message" && event.item.id.startsWith(prefix)
          ? event.item.text
          : "",
      )
      .join("");
  }
}
