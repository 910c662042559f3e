import { budgetedWorkspaces, type LedgerBinding, ledgerOf } from "../../budgets/budgeted-workspaces.ts";
import { isFinal } from "../delegation-state.ts";
import type { Tombstone } from "../delegation-store.ts";
import type { DelegationTask } from "../delegation-task.ts";
import { payerOf } from "./budget-gate.ts";
import { settlements } from "./reservation-state.ts";

type Task = Pick<DelegationTask, "spec" | "state">;

/** Tells the ledger what ended attempts cost, and remembers what it knows. Forgotten on eviction: then it is told once more. */
export class SettledBooks {
  readonly #ledgers: () => LedgerBinding;
  #told = "[]";

  constructor(ledgers: () => LedgerBinding) {
    this.#ledgers = ledgers;
  }

  /** Resolves when all of a task is booked, or of what is left of it; rejects when the ledger cannot be reached. */
  async settle(task: Task | undefined, erased: Tombstone | undefined): Promise<void> {
    const spec = task?.spec ?? (erased && { ...erased.row, key_id: erased.key_id });
    if (typeof spec?.hash !== "string") return;
    const version = task?.state.version ?? erased?.row.version ?? 0;
    const known = settlements(task?.state.attempts ?? erased?.attempts ?? [], version);
    const isOver = task === undefined || isFinal(task.state);
    const books = JSON.stringify(known.map(({ attempt, nanos }) => [attempt, nanos]));
    if (books === this.#told && !(isOver && known.length === 0 && this.#mayHold(task, erased))) return;
    const { workspace, task_id, hash } = spec;
    await ledgerOf(this.#ledgers(), workspace).settle(workspace, { task_id, hash, ...payerOf(spec) }, known, isOver);
    this.#told = books;
  }

  /** A task without an attempt may hold money for its first one: it was ended, deleted or killed before that could begin. */
  #mayHold(task: Task | undefined, erased: Tombstone | undefined): boolean {
    const { cached, recorded } = task?.spec ?? {};
    const { source, cached_from, workspace = task?.spec.workspace } = erased?.row ?? {};
    if (cached || recorded || cached_from || source === "recorded" || workspace === undefined) return false;
    return budgetedWorkspaces(this.#ledgers()).known(workspace) !== false;
  }
}
