import { type LedgerBinding, ledgerOf } from "../budgets/budgeted-workspaces.ts";
import { payerOf } from "./budget-gate.ts";
import type { Tombstone } from "./delegation-store.ts";
import type { DelegationTask } from "./delegation-task.ts";
import { settlements } from "./reservation-state.ts";

/** Tells the ledger what ended attempts cost, and remembers what it knows. Forgotten on eviction: then it is told once more. */
export class SettledBooks {
  readonly #ledgers: () => LedgerBinding;
  #told = "[]";

  constructor(ledgers: () => LedgerBinding) {
    this.#ledgers = ledgers;
  }

  /** Resolves when all of a task is booked, or of what is left of it; rejects when the ledger cannot be reached. */
  async settle(task: Pick<DelegationTask, "spec" | "state"> | undefined, erased: Tombstone | undefined): Promise<void> {
    const spec = task?.spec ?? (erased && { ...erased.row, key_id: erased.key_id });
    if (typeof spec?.hash !== "string") return;
    const version = task?.state.version ?? erased?.row.version ?? 0;
    const known = settlements(task?.state.attempts ?? erased?.attempts ?? [], version);
    const books = JSON.stringify(known.map(({ attempt, nanos }) => [attempt, nanos]));
    if (books === this.#told) return;
    const { workspace, task_id, hash } = spec;
    await ledgerOf(this.#ledgers(), workspace).settle(workspace, { task_id, hash, ...payerOf(spec) }, known);
    this.#told = books;
  }
}
