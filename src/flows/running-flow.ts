import type { DelegationStatus } from "../delegations/delegation.ts";
import type { DelegationSpec } from "../delegations/delegation-rpc.ts";
import { GroupedLog } from "../delegations/log/grouped-log.ts";
import type { TaskReport } from "../delegations/task-report.ts";
import { backoffMs } from "../lib/backoff.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Flow } from "./flow.ts";
import { flowEvents } from "./flow-event.ts";
import { headerOf } from "./flow-header.ts";
import type { FlowSpec } from "./flow-rpc.ts";
import type { FlowEnding, FlowHeader, FlowProgress, FlowStore, StoredEvent, StoredEvents, StoredStep } from "./flow-store.ts";
import { flowView, outcomeOf } from "./flow-view.ts";
import { type Advance, type Answer, type StepState, WAIT } from "./pattern.ts";
import { advanceOf, answerOf, type FlowInput } from "./patterns.ts";

/** `steps`: what is next is started. `cancels`: what still runs is cancelled. `row`: the list is told. */
export type FlowOutboxKind = "steps" | "cancels" | "row";
export type FlowDeps = {
  store: FlowStore;
  outbox: Outbox<FlowOutboxKind>;
  clock: { now: () => number; random: () => number };
};

/** A step that has not told of its end is asked after 1 to 2 minutes, then ever more rarely. */
const ASK = { baseMs: 60_000, capMs: 3_600_000, floorMs: 60_000 };
/** The further a status is down this list, the later it comes: what is told late undoes nothing. */
const ORDER: readonly DelegationStatus[] = ["pending", "needs-approval", "in-progress"];

const isOpen = (status: DelegationStatus): boolean => ORDER.includes(status);

/** One flow in memory on top of its rows. Every change is synchronous: progress, events and outbox rows are stored together. */
export class RunningFlow {
  readonly header: FlowHeader;
  readonly #deps: FlowDeps;
  readonly #log: GroupedLog<StoredEvents>;
  /** How the steps ended that did. */
  readonly #reports: Map<string, TaskReport>;
  /** Answers by schema that are too long for a report. */
  readonly #data = new Map<string, unknown>();
  #input: FlowInput | undefined;
  #progress: FlowProgress;

  private constructor(header: FlowHeader, progress: FlowProgress, deps: FlowDeps) {
    this.header = header;
    this.#progress = progress;
    this.#deps = deps;
    const ended = [...deps.store.events.all()].flatMap((stored) => (stored.kind === "ended" ? [stored] : []));
    this.#reports = new Map(ended.map(({ step, report }) => [step, report]));
    const told = { flow_id: header.flow_id, ending: () => outcomeOf(this.#progress) };
    this.#log = new GroupedLog(deps.store.events, {
      next: () => this.#progress.next,
      isOver: () => this.isOver,
      eventsOf: (stored) => flowEvents(stored, told),
    });
  }

  /** The stored flow; undefined when the object is empty. */
  static load(deps: FlowDeps): RunningFlow | undefined {
    const progress = deps.store.progress();
    const header = progress && deps.store.header();
    return header && new RunningFlow(header, progress, deps);
  }

  static accept(spec: FlowSpec, deps: FlowDeps): RunningFlow {
    const header = headerOf(spec);
    const { input, roles } = spec;
    deps.store.putFlow(header, { input, roles });
    const progress: FlowProgress = {
      version: 1,
      steps: [],
      next: 1,
      ending: null,
      ask_at: null,
      asks: 0,
      completed_at: null,
    };
    deps.store.putProgress(progress);
    deps.outbox.add("row");
    deps.outbox.add("steps");
    return new RunningFlow(header, progress, deps);
  }

  get isOver(): boolean {
    return this.#progress.completed_at !== null;
  }

  get progress(): FlowProgress {
    return this.#progress;
  }

  get reports(): ReadonlyMap<string, TaskReport> {
    return this.#reports;
  }

  /** When open steps are to be asked how they are; null while none is open. */
  get askAt(): number | null {
    return this.#progress.ask_at;
  }

  role(name: string): DelegationSpec | undefined {
    return this.#deps.store.role(name);
  }

  /** What is next. Nothing once it is decided what the flow comes to. */
  next(): Advance {
    this.#input ??= this.#deps.store.input();
    if (this.#progress.ending !== null || this.#input === undefined) return WAIT;
    const begun = this.#progress.steps.filter((step) => step.begun);
    return advanceOf(this.#input, new Map(begun.map(({ name, status }) => [name, this.#stateOf(name, status)])));
  }

  /** The steps with an answer by schema that is longer than what was reported of it, until `know` tells all of it. */
  unknownAnswers(): string[] {
    if (this.#progress.ending !== null) return [];
    const bySchema = this.#progress.steps.filter(({ name, answersBySchema }) => answersBySchema && !this.#data.has(name));
    return bySchema.flatMap(({ name, status }) =>
      status === "completed" && this.#reports.get(name)?.output_truncated === true ? [name] : [],
    );
  }

  know(step: string, data: unknown): void {
    this.#data.set(step, data);
  }

  /** Notes that a step is about to be started, so that a cancel finds it, and its share of the money. False: it must not be any more. */
  starting(name: string, answersBySchema: boolean, share?: number): boolean {
    if (this.#progress.ending !== null) return false;
    const money = share === undefined ? {} : { max_cost_nanos: share };
    const step: StoredStep = { name, answersBySchema, begun: false, status: "pending", ...money };
    if (this.#step(name) === undefined) this.#save({ steps: [...this.#progress.steps, step] });
    return true;
  }

  /** Takes in how a step is whose delegation exists, in any order and as often as it comes. */
  apply(step: string, report: TaskReport): void {
    if (this.#step(step)?.begun === false)
      this.#append({ kind: "started", step }, { steps: this.#withStep(step, { begun: true }) });
    const { status } = this.#step(step) ?? { status: report.status };
    // A delegation tells of its end, not of the moment its first attempt begins: like a batch's, it is under way once it exists.
    const told = report.status === "pending" ? "in-progress" : report.status;
    if (!isOpen(status)) this.#revise(step, report);
    else if (!isOpen(told)) this.#ended(step, report);
    else if (ORDER.indexOf(told) > ORDER.indexOf(status)) this.#save({ steps: this.#withStep(step, { status: told }) });
  }

  /** A step turned out to be nowhere: it was never started, or it is deleted. */
  lost(step: string): void {
    if (!this.#progress.steps.some(({ name, status }) => name === step && isOpen(status))) return;
    this.#save({ steps: this.#progress.steps.filter(({ name, begun }) => name !== step || begun) });
    this.#save({ steps: this.#withStep(step, { status: "cancelled" }) });
    this.#closeIfDone();
  }

  /** Decides what the flow comes to; only the first decision counts. It is over as soon as nothing of it runs any more. */
  end(ending: FlowEnding): void {
    if (this.#progress.ending !== null) return;
    this.#save({ ending });
    if (this.open().length > 0) this.#deps.outbox.add("cancels");
    this.#closeIfDone();
  }

  /** The steps that have not ended, those included that were only meant to be started. */
  open(): string[] {
    return this.#progress.steps.filter(({ status }) => isOpen(status)).map(({ name }) => name);
  }

  /** Makes it time to ask open steps how they are. */
  askSoon(): void {
    if (this.#progress.ask_at !== null) this.#save({ ask_at: this.#deps.clock.now() });
  }

  /** True when open steps are to be asked now; they are asked again later. */
  asksNow(): boolean {
    const { ask_at, asks } = this.#progress;
    if (ask_at === null || ask_at > this.#deps.clock.now()) return false;
    this.#save({ ask_at: null, asks: asks + 1 });
    return true;
  }

  view(whole: Answer | null = null): Flow {
    const { ending, completed_at } = this.#progress;
    if (ending?.status !== "completed" || completed_at === null)
      return flowView(this.header, this.#progress, this.#reports, null);
    const report = whole ?? this.#reports.get(ending.step) ?? null;
    const answer = report && answerOf(this.header.pattern, report, ending.notes);
    return flowView(this.header, this.#progress, this.#reports, answer);
  }

  /** The step whose answer is the flow's, when the report of it has not all of that; undefined otherwise. */
  get answeredElsewhere(): string | undefined {
    const { ending, completed_at } = this.#progress;
    if (completed_at === null || ending?.status !== "completed") return undefined;
    return this.#reports.get(ending.step)?.output_truncated === true ? ending.step : undefined;
  }

  until(isDone: () => boolean, waitMs: number): Promise<void> {
    return this.#log.until(isDone, waitMs);
  }

  /** A reader of the log; undefined when it has seen the end already. */
  read(after: number, format: "sse" | "ndjson"): ReadableStream<Uint8Array> | undefined {
    return this.#log.stream(after, format);
  }

  #stateOf(name: string, status: DelegationStatus): StepState {
    const report = this.#reports.get(name);
    const data = this.#data.get(name) ?? report?.output_data ?? null;
    const isEnded = status === "completed" || status === "failed" || status === "cancelled";
    return { status: isEnded ? status : "running", data, error: report?.error ?? null };
  }

  #step(name: string): StoredStep | undefined {
    return this.#progress.steps.find((step) => step.name === name);
  }

  #withStep(name: string, changes: Partial<StoredStep>): StoredStep[] {
    return this.#progress.steps.map((step) => (step.name === name ? { ...step, ...changes } : step));
  }

  #ended(step: string, report: TaskReport): void {
    if (this.#step(step) === undefined) return;
    this.#reports.set(step, report);
    this.#append({ kind: "ended", step, report }, { steps: this.#withStep(step, { status: report.status }) });
    if (this.#progress.ending === null) this.#deps.outbox.add("steps");
    this.#closeIfDone();
  }

  /** The costs of an ended step became certain, or its texts were deleted. */
  #revise(step: string, report: TaskReport): void {
    if (!this.#reports.has(step) || isOpen(report.status)) return;
    for (const stored of this.#deps.store.events.all()) {
      if (stored.kind !== "ended" || stored.step !== step) continue;
      this.#deps.store.events.put({ ...stored, report });
      this.#reports.set(step, report);
      this.#data.delete(step);
      this.#save({});
      return;
    }
  }

  #closeIfDone(): void {
    if (this.#progress.ending === null || this.isOver || this.open().length > 0) return;
    this.#append({ kind: "completed" }, { completed_at: this.#deps.clock.now() });
    this.#deps.store.dropWork();
    this.#input = undefined;
  }

  #append(event: StoredEvent, changes: Partial<FlowProgress>): void {
    const { next } = this.#progress;
    this.#deps.store.events.put({ ...event, first: next, at: this.#deps.clock.now() });
    this.#save({ ...changes, next: next + 1, asks: 0 });
    this.#log.notify();
  }

  /** Stores what changed, and what follows: the list is told, and steps that are at work are looked after. */
  #save(changes: Partial<FlowProgress>): void {
    const progress = { ...this.#progress, ...changes, version: this.#progress.version + 1 };
    const { clock, store, outbox } = this.#deps;
    if (!progress.steps.some(({ begun, status }) => begun && isOpen(status))) progress.ask_at = null;
    else progress.ask_at ??= clock.now() + backoffMs(progress.asks, { ...ASK, random: clock.random() });
    this.#progress = progress;
    store.putProgress(progress);
    outbox.add("row");
  }
}
