import { DurableObject } from "cloudflare:workers";
import { createDatabase } from "../db/client.ts";
import { describeError, log } from "../lib/log.ts";
import { ObjectAlarm } from "../outbox/object-alarm.ts";
import { Outbox } from "../outbox/outbox.ts";
import { UntoldAlerts } from "../webhooks/untold-alerts.ts";
import type { Budget, BudgetInput } from "./budget.ts";
import { type DueEntry, Ledger } from "./ledger.ts";
import {
  type AttemptKey,
  BUDGETS_KNOWN_MS,
  type LedgerProtocol,
  type PaidTask,
  type PutOutcome,
  type ReservationAsk,
  type ReservedTask,
  type ReserveOutcome,
  type Settlement,
} from "./ledger-rpc.ts";
import { type Alert, LedgerStore } from "./ledger-store.ts";

const ASKED_AT_ONCE = 100;

/** Keeps the money of one workspace. See LedgerProtocol for what each method promises. */
export class LedgerObject extends DurableObject<Env> implements LedgerProtocol {
  readonly #store = new LedgerStore(this.ctx.storage.sql);
  readonly #ledger = new Ledger(this.#store, {
    now: Date.now,
    onAlert: (alert) => this.#alerted(alert),
    onOverrun: ({ task_id, attempt }, reserved, booked) =>
      log.warn({ taskId: task_id, attempt, reserved, booked }, "an attempt cost more than was reserved for it"),
  });
  readonly #outbox: Outbox<"alerts"> = new Outbox(
    { alerts: () => this.#untold.carry(createDatabase(this.env.DB), this.env.WEBHOOK_QUEUE) },
    {
      rows: this.ctx.storage.kv,
      now: Date.now,
      random: Math.random,
      onStuck: (_kind, failures, cause) =>
        log.error({ workspace: this.#workspace, cause: describeError(cause) }, `alerts could not be told ${failures} times`),
    },
  );
  readonly #untold = new UntoldAlerts(this.ctx.storage.kv, () => this.#outbox.add("alerts"));
  readonly #alarm = new ObjectAlarm(this.ctx.storage);

  async hasBudgets(): Promise<boolean> {
    return this.#ledger.hasBudgets;
  }

  async reserve(workspace: string, ask: ReservationAsk): Promise<ReserveOutcome> {
    this.#named(workspace);
    const outcome = this.#ledger.reserve(ask);
    this.#arm();
    return outcome;
  }

  async release(key: AttemptKey): Promise<void> {
    this.#ledger.release(key);
  }

  async settle(workspace: string, task: PaidTask, settlements: readonly Settlement[], isOver: boolean): Promise<void> {
    this.#named(workspace);
    this.#ledger.settle(task, settlements, isOver);
  }

  async budgets(): Promise<Budget[]> {
    return this.#ledger.budgets();
  }

  async budget(name: string): Promise<Budget | null> {
    return this.#ledger.budgets().find((budget) => budget.name === name) ?? null;
  }

  async putBudget(workspace: string, name: string, input: BudgetInput): Promise<PutOutcome> {
    this.#named(workspace);
    if (!this.#ledger.hasBudgets) this.#store.putFact("hard_from", Date.now() + BUDGETS_KNOWN_MS);
    const outcome = this.#ledger.put(name, input);
    const restMs = Number(this.#store.fact("hard_from") ?? 0) - Date.now();
    if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
    return outcome;
  }

  async deleteBudget(name: string): Promise<boolean> {
    return this.#ledger.delete(name);
  }

  /** Asks the tasks whose attempts should have ended. Nothing is let go because time has passed, only because its task says so. */
  override async alarm(): Promise<void> {
    this.#alarm.fired();
    const asked = this.#ledger.takeDue(ASKED_AT_ONCE);
    await Promise.all([this.#outbox.drain(), ...asked.map((entry) => this.#ask(entry))]);
    this.#arm();
  }

  async #ask(entry: DueEntry): Promise<void> {
    const workspace = this.#store.fact("workspace");
    try {
      const task = this.env.DELEGATIONS.getByName(`${workspace}/${entry.task_id}`) as unknown as ReservedTask;
      this.#ledger.answered(entry, await task.reservationState(entry.hash, entry.attempt));
    } catch (cause) {
      const taskId = entry.task_id;
      log.warn(
        { workspace: String(workspace), taskId, cause: describeError(cause) },
        "a task did not say what became of its reservation",
      );
    }
  }

  /** The one alarm, derived from the rows. */
  #arm(): void {
    this.#alarm.arm([this.#ledger.nextDue, this.#outbox.nextDue()]);
  }

  #named(workspace: string): void {
    if (this.#store.fact("workspace") !== workspace) this.#store.putFact("workspace", workspace);
  }

  get #workspace(): string {
    return String(this.#store.fact("workspace"));
  }

  #alerted(alert: Alert): void {
    const { budget, kind, share } = alert;
    const workspace = this.#workspace;
    log.warn({ workspace, budget, share }, `budget ${kind}`);
    this.#untold.add({ workspace, ...alert });
    this.#arm();
    this.ctx.waitUntil(this.#outbox.drain().then(() => this.#arm()));
  }
}
