import { DurableObject } from "cloudflare:workers";
import type { ReservationState } from "../budgets/ledger-rpc.ts";
import { Reservations } from "../budgets/reservations.ts";
import type { CircuitProtocol } from "../circuits/circuit-rpc.ts";
import { KnownCircuits } from "../circuits/known-circuits.ts";
import { configOf, logsAll } from "../config.ts";
import type { Actor, AuditAction } from "../db/audit.ts";
import { createDatabase } from "../db/client.ts";
import { allDone } from "../lib/all-done.ts";
import { describeError, log } from "../lib/log.ts";
import { type Carried, Outbox } from "../outbox/outbox.ts";
import { cacheKey, isReusable } from "./admission/cache-key.ts";
import { saveAnnounced } from "./announced-row.ts";
import { logEnded, taskIds } from "./attempts/attempt-line.ts";
import type { AttemptRun } from "./attempts/attempt-run.ts";
import { AuditedDeeds } from "./audited-deeds.ts";
import { reservationStateOf } from "./books/reservation-state.ts";
import { SettledBooks } from "./books/settled-books.ts";
import { cancelTask } from "./cancel-task.ts";
import { decideTask } from "./decide-task.ts";
import type {
  Absent,
  CachedAnswer,
  CancelOutcome,
  DecideOutcome,
  DelegationProtocol,
  DelegationSpec,
  EraseOutcome,
  EventsOutcome,
  ReadOutcome,
  RefuseOutcome,
  ScoreOutcome,
  SpecOutcome,
  StartOutcome,
  WakeOutcome,
} from "./delegation-rpc.ts";
import { isFinal } from "./delegation-state.ts";
import { DelegationStore } from "./delegation-store.ts";
import { DelegationTask, type OutboxKind } from "./delegation-task.ts";
import { takeTurn } from "./delegation-turn.ts";
import { attemptRows, delegationRow, tombstone } from "./projection.ts";
import { bareReport, reportOf, type TaskListener } from "./task-report.ts";

const OUTBOX_EVERY_MS = 15_000;
const FIRST_TOLD_MS = 100;
const LONGEST_WAIT_MS = 55_000;
/** After a fault of our own the task rests, so that it cannot spin. */
const FAULT_REST_MS = 10_000;

const DECIDED = { approve: "approved", reject: "rejected" } as const;

/** Owns one task: its id, state, log and run. See DelegationProtocol for what each method promises. */
export class DelegationObject extends DurableObject<Env> implements DelegationProtocol {
  readonly #store = new DelegationStore(this.ctx.storage.kv);
  readonly #outbox = new Outbox<OutboxKind>(
    {
      projection: () => allDone(this.#project(), this.#settled.settle(this.#load(), this.#store.erased())),
      listeners: () => this.#tell(),
      audit: () => this.#deeds.carry(createDatabase(this.env.DB)),
    },
    {
      rows: this.ctx.storage.kv,
      now: Date.now,
      random: Math.random,
      onStuck: (kind, failures, cause) => this.#report(cause, `outbox row ${kind} has failed ${failures} times`),
    },
  );
  readonly #deeds = new AuditedDeeds(this.ctx.storage.kv, () => this.#outbox.add("audit"));
  readonly #circuits = new KnownCircuits({
    object: (name) => this.env.CIRCUITS.getByName(name) as unknown as CircuitProtocol,
    background: (work) => this.ctx.waitUntil(work),
    now: Date.now,
  });
  readonly #settled = new SettledBooks(() => this.env.LEDGERS);
  #task: DelegationTask | undefined;
  /** The call in memory; a stored `running` attempt without it was interrupted. */
  #run: AttemptRun | undefined;
  #turn: Promise<void> | undefined;
  #restUntil = 0;

  async start(spec: DelegationSpec, answer?: CachedAnswer): Promise<StartOutcome> {
    return this.#begin(spec, () => DelegationTask.accept(spec, this.#store, this.#outbox, Date.now, answer));
  }

  async record(spec: DelegationSpec, output: string | null): Promise<StartOutcome> {
    const { recorded: work } = spec;
    if (work === undefined) return this.start(spec);
    return this.#begin(spec, () => DelegationTask.record({ spec, work, output }, this.#store, this.#outbox, Date.now));
  }

  #begin(spec: DelegationSpec, make: () => DelegationTask): StartOutcome {
    const known = this.#load();
    if (known !== undefined) {
      if (known.spec.hash !== spec.hash) return { kind: "conflict" };
      known.listen(spec.listeners ?? []);
      return { kind: "same", delegation: known.view() };
    }
    if (this.#store.erased() !== undefined) return { kind: "gone" };
    this.#task = make();
    this.#arm();
    return { kind: "created", delegation: this.#task.view() };
  }

  async read(waitMs: number): Promise<ReadOutcome> {
    const task = this.#load();
    if (task === undefined) return this.#absent();
    await task.untilFinal(Math.min(waitMs, LONGEST_WAIT_MS));
    return this.#load() === undefined ? this.#absent() : { kind: "found", delegation: task.view() };
  }

  async cancel(by: string): Promise<CancelOutcome> {
    const task = this.#load();
    if (task === undefined) return this.#absent();
    await cancelTask(task, by, this.#run, { now: Date.now, settle: () => this.alarm() });
    this.#arm();
    this.ctx.waitUntil(this.#outbox.drain());
    return { kind: task.state.status === "cancelled" ? "cancelled" : "final", delegation: task.view() };
  }

  async refuse(spec: DelegationSpec, by: string): Promise<RefuseOutcome> {
    const started = await this.start(spec);
    return started.kind === "conflict" || started.kind === "gone" ? started : this.cancel(by);
  }

  async decide(decision: "approve" | "reject", by: string, actor?: Actor): Promise<DecideOutcome> {
    const task = this.#load();
    if (task === undefined) return this.#absent();
    const earlier = task.state.decision;
    const decided = decideTask(task, decision, by, Date.now());
    if (task.state.decision !== earlier) this.#onRecord(`delegation.${DECIDED[decision]}`, task.spec, actor);
    this.#arm();
    this.ctx.waitUntil(this.#outbox.drain());
    return { kind: decided ? "decided" : "conflict", delegation: task.view() };
  }

  async score(value: number, comment: string | null): Promise<ScoreOutcome> {
    const task = this.#load();
    if (task === undefined) return this.#absent();
    if (!isFinal(task.state)) return { kind: "open", delegation: task.view() };
    task.commit({ ...task.state, version: task.state.version + 1, score: { value, comment } }, [], { flush: false });
    this.#arm();
    this.ctx.waitUntil(this.#outbox.drain());
    return { kind: "scored", delegation: task.view() };
  }

  async specification(): Promise<SpecOutcome> {
    const task = this.#load();
    return task === undefined ? this.#absent() : { kind: "found", spec: task.spec, status: task.state.status };
  }

  async events(after: number, format: "sse" | "ndjson"): Promise<EventsOutcome> {
    const task = this.#load();
    if (task === undefined) return this.#absent();
    const stream = task.read({ after, format, follow: format === "sse" });
    return stream === undefined ? { kind: "ended" } : { kind: "stream", stream };
  }

  async erase(by: string, actor?: Actor): Promise<EraseOutcome> {
    const task = this.#load();
    if (task === undefined) return this.#store.erased() === undefined ? { kind: "unknown" } : { kind: "erased" };
    if (!isFinal(task.state)) await cancelTask(task, by, this.#run, { now: Date.now, settle: () => this.alarm() });
    const { spec, state } = task;
    const { listeners } = spec;
    const told = listeners && { told: { listeners, report: bareReport(reportOf(task.view())) } };
    const isFirst = this.#store.erased() === undefined;
    this.#store.erase({ ...tombstone(spec, state, Date.now()), ...told });
    this.#outbox.add("projection");
    if (isFirst) this.#onRecord("delegation.deleted", spec, actor);
    this.#deeds.remind();
    if (listeners !== undefined) this.#outbox.add("listeners");
    this.#task = undefined;
    task.deleted();
    this.#arm();
    this.ctx.waitUntil(this.#outbox.drain());
    return { kind: "erased" };
  }

  async wake(): Promise<WakeOutcome> {
    if (this.#load() === undefined && this.#store.erased() === undefined) return { kind: "unknown" };
    this.#outbox.add("projection");
    this.#arm();
    return { kind: "woken" };
  }

  async reservationState(hash: string, attempt: number): Promise<ReservationState> {
    return reservationStateOf(this.#load(), this.#store.erased(), { hash, attempt });
  }

  override async alarm(): Promise<void> {
    this.#turn ??= this.#takeTurn().finally(() => {
      this.#turn = undefined;
      this.#arm();
    });
    await this.#turn;
  }

  /**
   * The list is told of the attempt while the vendor answers, and of its end afterwards: once of an attempt that ends at
   * once. A slow list never holds up the next step.
   */
  async #takeTurn(): Promise<void> {
    let told = Promise.resolve();
    const tell = () => {
      told = this.#outbox.drain();
    };
    const first = setTimeout(tell, FIRST_TOLD_MS);
    const tick = setInterval(tell, OUTBOX_EVERY_MS);
    try {
      await this.#step();
    } finally {
      clearTimeout(first);
      clearInterval(tick);
      this.#run = undefined;
    }
    const rest = Promise.all([told, this.#outbox.drain()]).then(() => this.#outbox.drain());
    if (this.#stepIsNear()) this.ctx.waitUntil(rest.then(() => this.#arm()));
    else await rest;
  }

  #stepIsNear(): boolean {
    const { due_at = null } = this.#task?.state ?? {};
    return due_at !== null && due_at < Date.now() + OUTBOX_EVERY_MS;
  }

  async #step(): Promise<void> {
    const task = this.#load();
    if (task === undefined) return;
    const before = task.state;
    try {
      await takeTurn(task, {
        config: configOf(this.env),
        circuits: this.#circuits,
        reservations: new Reservations(this.env.LEDGERS),
        now: Date.now,
        random: Math.random,
        onRun: (run) => {
          this.#run = run;
        },
        onUnknown: (cause) => this.#report(cause, "a provider call failed in an unknown way"),
      });
      this.#restUntil = 0;
    } catch (cause) {
      this.#report(cause, "the task's turn failed");
      this.#restUntil = Date.now() + FAULT_REST_MS;
    } finally {
      if (logsAll(this.env)) logEnded(task, before);
    }
  }

  /** Sets the one alarm to what is due first; never while a turn runs, which does it at its end. */
  #arm(): void {
    if (this.#turn !== undefined) return;
    const due = [this.#task?.state.due_at ?? undefined, this.#outbox.nextDue()].filter((at) => at !== undefined);
    if (due.length > 0) void this.ctx.storage.setAlarm(Math.max(Date.now(), this.#restUntil, Math.min(...due)));
  }

  /** Who says nothing of themselves is the retention, which is not on record. */
  #onRecord(action: AuditAction, { workspace, task_id: subject }: DelegationSpec, actor: Actor | undefined): void {
    if (actor !== undefined) this.#deeds.add({ workspace, action, subject }, actor, Date.now());
  }

  #load(): DelegationTask | undefined {
    this.#task ??= DelegationTask.load(this.#store, this.#outbox, Date.now);
    return this.#task;
  }

  #absent(): Absent {
    return { kind: this.#store.erased() === undefined ? "unknown" : "gone" };
  }

  async #project(): Promise<Carried> {
    const task = this.#load();
    const erased = this.#store.erased();
    if (erased !== undefined) await saveAnnounced(this.env, erased.row, erased.attempts, erased.webhook_url);
    if (task === undefined) return "done";
    const { spec, state } = task;
    const row = delegationRow(spec, state, task.output(), Date.now());
    const cache_key = isReusable(spec, state) ? await cacheKey(spec) : null;
    await saveAnnounced(this.env, { ...row, cache_key }, attemptRows(state.attempts), spec.input.webhook_url);
    return isFinal(state) || state.status === "needs-approval" ? "done" : "keep";
  }

  async #tell(): Promise<Carried> {
    const task = this.#load();
    const { listeners = [], report } =
      task === undefined ? (this.#store.erased()?.told ?? {}) : { listeners: task.spec.listeners, report: reportOf(task.view()) };
    const { workspace } = task?.spec ?? this.#store.erased()?.row ?? {};
    const told = listeners.map(({ kind, id }) => {
      const objects = kind === "flow" ? this.env.FLOWS : this.env.BATCHES;
      const listener = objects.getByName(`${workspace}/${id}`) as unknown as TaskListener;
      return report && listener.told(report);
    });
    await Promise.all(told);
    return "done";
  }

  #report(cause: unknown, message: string): void {
    log.error({ ...taskIds(this.#task?.spec), cause: describeError(cause) }, message);
  }
}
