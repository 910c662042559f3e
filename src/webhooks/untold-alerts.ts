import type { Database } from "../db/client.ts";
import { announce } from "./announce.ts";
import type { WebhookQueue } from "./doorbell.ts";
import { type BudgetAlert, budgetEvent } from "./webhook-event.ts";

type Rows = { get<T>(key: string): T | undefined; put<T>(key: string, value: T): void; delete(key: string): boolean };

const ROW = "untold-alerts";

/** Alerts of which the workspace's endpoints are still to be told, in one row of the ledger's object. */
export class UntoldAlerts {
  readonly #rows: Rows;
  readonly #due: () => void;

  /** `due` is told when there is something to carry out. */
  constructor(rows: Rows, due: () => void) {
    this.#rows = rows;
    this.#due = due;
  }

  /** Call it in the same synchronous run as the change that it tells of. */
  add(alert: BudgetAlert): void {
    this.#rows.put<BudgetAlert[]>(ROW, [...this.#waiting(), alert]);
    this.#due();
  }

  /** Announces what waits. Idempotent. */
  async carry(db: Database, queue: WebhookQueue): Promise<"done"> {
    const told = this.#waiting();
    for (const alert of told) await announce(db, queue, await budgetEvent(alert), []);
    const left = this.#waiting().slice(told.length);
    if (left.length > 0) this.#rows.put<BudgetAlert[]>(ROW, left);
    else this.#rows.delete(ROW);
    return "done";
  }

  #waiting(): BudgetAlert[] {
    return this.#rows.get<BudgetAlert[]>(ROW) ?? [];
  }
}
