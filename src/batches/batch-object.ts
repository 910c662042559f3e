import { DurableObject } from "cloudflare:workers";
import { configOf } from "../config.ts";
import type { Actor } from "../db/audit.ts";
import { createDatabase } from "../db/client.ts";
import { insertWaiting } from "../db/insert-waiting.ts";
import { type BatchRow, batchStatements, deleteBatch, saveBatch } from "../db/save-batch.ts";
import type { Absent, DecideOutcome, DelegationProtocol, EraseEndedOutcome, WakeOutcome } from "../delegations/delegation-rpc.ts";
import { delegationRow } from "../delegations/projection.ts";
import { reportOf, type TaskReport } from "../delegations/task-report.ts";
import { eachLimited } from "../lib/each-limited.ts";
import { describeError, log } from "../lib/log.ts";
import { within } from "../lib/within.ts";
import { ObjectAlarm } from "../outbox/object-alarm.ts";
import { type Carried, Outbox } from "../outbox/outbox.ts";
import { announce } from "../webhooks/announce.ts";
import { batchEvent } from "../webhooks/webhook-event.ts";
import type {
  AcceptOutcome,
  BatchEventsOutcome,
  BatchOutcome,
  BatchProtocol,
  BatchSpec,
  FindOutcome,
  SpecsOutcome,
  StartResult,
  TasksOutcome,
  WaitingOutcome,
} from "./batch-rpc.ts";
import { BatchStore } from "./batch-store.ts";
import { type BatchOutboxKind, RunningBatch } from "./running-batch.ts";
import { MESSAGES_PER_SEND, startMessages } from "./start-message.ts";
import { waitingState, waitingView } from "./waiting-task.ts";

const LONGEST_WAIT_MS = 55_000;
/** How long an acceptance waits for the list, so that a task is found by its id at once. */
const LISTED_MS = 1_000;
const CANCELLED_MS = 20_000;
const CANCELS_AT_ONCE = 20;
const DAY_MS = 86_400_000;
/** From when on the sweep asks about a task that its batch holds back. */
const HELD_MS = 600_000;

/** Owns one batch: its tasks until they are started, and what they came to. See BatchProtocol for what each method promises. */
export class BatchObject extends DurableObject<Env> implements BatchProtocol {
  readonly #store = new BatchStore(this.ctx.storage.kv);
  readonly #outbox = new Outbox<BatchOutboxKind>(
    { rows: () => this.#list(), row: () => this.#listBatch(), sends: () => this.#send(), cancels: () => this.#cancelOpen() },
    {
      rows: this.ctx.storage.kv,
      now: Date.now,
      random: Math.random,
      onStuck: (kind, failures, cause) =>
        log.error(
          { batchId: this.#batch?.header.batch_id, cause: describeError(cause) },
          `outbox row ${kind} has failed ${failures} times`,
        ),
    },
  );
  readonly #clock = { now: Date.now, random: Math.random };
  readonly #alarm = new ObjectAlarm(this.ctx.storage);
  #batch: RunningBatch | undefined;

  async accept(spec: BatchSpec): Promise<AcceptOutcome> {
    const known = this.#load();
    if (known !== undefined) {
      return known.header.hash === spec.hash ? { kind: "same", batch: known.view() } : { kind: "conflict" };
    }
    if (this.#store.erased() !== undefined) return { kind: "gone" };
    const batch = RunningBatch.accept(spec, this.#store, this.#outbox, this.#clock);
    this.#batch = batch;
    this.#arm();
    await within(LISTED_MS, this.#drain());
    return { kind: "accepted", batch: batch.view() };
  }

  async find(hash: string): Promise<FindOutcome> {
    const batch = this.#load();
    if (batch === undefined) return this.#absent();
    return batch.header.hash === hash ? { kind: "same", batch: batch.view() } : { kind: "conflict" };
  }

  async read(waitMs: number): Promise<BatchOutcome> {
    const batch = this.#load();
    if (batch === undefined) return this.#absent();
    await batch.until(() => batch.isOver, Math.min(waitMs, LONGEST_WAIT_MS));
    return { kind: "found", batch: batch.view() };
  }

  async specsOf(taskIds: readonly string[]): Promise<SpecsOutcome> {
    const batch = this.#load();
    return batch === undefined ? { kind: "unknown" } : { kind: "found", specs: batch.specsOf(taskIds) };
  }

  async started(results: readonly StartResult[]): Promise<void> {
    this.#load()?.apply(results);
    this.#arm();
    this.ctx.waitUntil(this.#drain());
  }

  async told(report: TaskReport): Promise<void> {
    await this.started([{ task_id: report.task_id, report }]);
  }

  async waiting(taskId: string, waitMs: number): Promise<WaitingOutcome> {
    const batch = this.#load();
    if (batch?.has(taskId) !== true) return { kind: "unknown" };
    await batch.until(() => batch.waiting(taskId) === undefined, Math.min(waitMs, LONGEST_WAIT_MS));
    const delegation = batch.waiting(taskId);
    return delegation === undefined ? { kind: "started" } : { kind: "waiting", delegation };
  }

  async cancelTask(taskId: string, by: string): Promise<void> {
    const task = this.#load()
      ?.open()
      .find(({ task_id }) => task_id === taskId);
    if (task?.spec === undefined) return;
    await this.#cancelOne(task, by);
    this.#arm();
  }

  async decideTask(taskId: string, decision: "approve" | "reject", by: string, actor?: Actor): Promise<DecideOutcome> {
    const batch = this.#load();
    if (batch?.has(taskId) !== true) return { kind: "unknown" };
    const object = this.#objectOf(taskId);
    const task = batch.open().find(({ task_id }) => task_id === taskId);
    if (task?.spec !== undefined) {
      const isAsked = task.spec.input.approval === "manual" && batch.cancelledBy === null;
      if (!isAsked) return { kind: "conflict", delegation: waitingView(task.spec) };
      const started = await object.start(task.spec);
      const result = "delegation" in started ? { report: reportOf(started.delegation) } : { refused: started.kind };
      batch.apply([{ task_id: taskId, ...result }]);
    }
    const outcome = await object.decide(decision, by, actor);
    this.#arm();
    this.ctx.waitUntil(this.#drain());
    return outcome;
  }

  async cancel(by: string): Promise<BatchOutcome> {
    const batch = this.#load();
    if (batch === undefined) return this.#absent();
    batch.cancel(by);
    this.#arm();
    await within(CANCELLED_MS, this.#drain());
    return { kind: "found", batch: batch.view() };
  }

  async taskIds(): Promise<TasksOutcome> {
    const batch = this.#load();
    return batch === undefined ? this.#absent() : { kind: "found", task_ids: [...batch.taskIds] };
  }

  async holding(taskIds: readonly string[]): Promise<TasksOutcome> {
    const batch = this.#load();
    return batch === undefined ? this.#absent() : { kind: "found", task_ids: batch.holding(taskIds) };
  }

  async events(after: number, format: "sse" | "ndjson"): Promise<BatchEventsOutcome> {
    const batch = this.#load();
    if (batch === undefined) return this.#absent();
    const stream = batch.read(after, format);
    return stream === undefined ? { kind: "ended" } : { kind: "stream", stream };
  }

  async erase(): Promise<EraseEndedOutcome> {
    const batch = this.#load();
    if (batch === undefined && this.#store.erased() === undefined) return { kind: "unknown" };
    if (batch?.isOver === false) return { kind: "open" };
    if (batch !== undefined) this.#store.erase(batch.header);
    this.#outbox.add("row");
    this.#batch = undefined;
    this.#arm();
    this.ctx.waitUntil(this.#drain());
    return { kind: "erased" };
  }

  async wake(): Promise<WakeOutcome> {
    const batch = this.#load();
    if (batch === undefined && this.#store.erased() === undefined) return { kind: "unknown" };
    if (batch === undefined) this.#outbox.add("row");
    else batch.wake();
    // What it believes to be set may be what was lost.
    this.#alarm.fired();
    this.#arm();
    return { kind: "woken" };
  }

  override async alarm(): Promise<void> {
    this.#alarm.fired();
    this.#load()?.resendIfDue();
    this.#load()?.listIfDue();
    await this.#drain();
  }

  async #drain(): Promise<void> {
    await this.#outbox.drain();
    this.#arm();
  }

  #arm(): void {
    this.#alarm.arm([this.#outbox.nextDue(), this.#batch?.resendAt, this.#batch?.listAt]);
  }

  #load(): RunningBatch | undefined {
    this.#batch ??= RunningBatch.load(this.#store, this.#outbox, this.#clock);
    return this.#batch;
  }

  #absent(): Absent {
    return { kind: this.#store.erased() === undefined ? "unknown" : "gone" };
  }

  async #list(): Promise<Carried> {
    const specs = this.#load()?.allSpecs() ?? [];
    const now = Date.now();
    const rows = specs.map((spec) => {
      return { ...delegationRow(spec, waitingState(spec), null, now), moves_by: spec.created_at + HELD_MS };
    });
    await Promise.all([insertWaiting(createDatabase(this.env.DB), rows), this.#listBatch()]);
    return "done";
  }

  async #listBatch(): Promise<Carried> {
    const database = createDatabase(this.env.DB);
    const erased = this.#store.erased();
    const row = this.#load()?.row(configOf(this.env).retentionDays * DAY_MS);
    if (erased !== undefined) await deleteBatch(database, erased);
    else if (row !== undefined) await this.#saveAnnounced(row);
    return "done";
  }

  async #saveAnnounced(row: BatchRow): Promise<void> {
    const database = createDatabase(this.env.DB);
    const event = await batchEvent(row, this.#batch?.header.webhook_url ?? null);
    if (event === undefined) await saveBatch(database, row);
    else await announce(database, this.env.WEBHOOK_QUEUE, event, batchStatements(database, row));
  }

  async #send(): Promise<Carried> {
    const batch = this.#load();
    const taskIds = batch?.toSend() ?? [];
    if (batch === undefined || taskIds.length === 0) return "done";
    const messages = startMessages(batch.header, taskIds).map((body) => ({ body, contentType: "json" as const }));
    for (let first = 0; first < messages.length; first += MESSAGES_PER_SEND) {
      await this.env.DELEGATION_QUEUE.sendBatch(messages.slice(first, first + MESSAGES_PER_SEND));
    }
    batch.sent(taskIds);
    return "done";
  }

  async #cancelOpen(): Promise<Carried> {
    const batch = this.#load();
    const by = batch?.cancelledBy ?? null;
    if (batch === undefined || by === null) return "done";
    await eachLimited(batch.open(), CANCELS_AT_ONCE, (task) => this.#cancelOne(task, by));
    return "done";
  }

  async #cancelOne({ task_id, spec }: ReturnType<RunningBatch["open"]>[number], by: string): Promise<void> {
    const object = this.#objectOf(task_id);
    const outcome = await (spec === undefined ? object.cancel(by) : object.refuse(spec, by));
    if ("delegation" in outcome) this.#batch?.apply([{ task_id, report: reportOf(outcome.delegation) }]);
    else if (outcome.kind === "conflict" || outcome.kind === "gone") this.#batch?.apply([{ task_id, refused: outcome.kind }]);
  }

  #objectOf(taskId: string): DelegationProtocol {
    const name = `${this.#batch?.header.workspace}/${taskId}`;
    return this.env.DELEGATIONS.getByName(name) as unknown as DelegationProtocol;
  }
}
