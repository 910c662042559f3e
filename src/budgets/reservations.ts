import { budgetedWorkspaces, type LedgerBinding, ledgerOf } from "./budgeted-workspaces.ts";
import type { AttemptKey, ReservationAsk, ReserveOutcome } from "./ledger-rpc.ts";

/**
 * The way of an attempt to the money of its workspace. Nobody is asked where there is no budget. All of it throws when the ledger
 * cannot be reached: then nothing may be sent.
 */
export class Reservations {
  readonly #ledgers: LedgerBinding;

  constructor(ledgers: LedgerBinding) {
    this.#ledgers = ledgers;
  }

  /** Whether a workspace has any budget; without waiting when that is known in this isolate. */
  areNeeded(workspace: string): boolean | Promise<boolean> {
    const workspaces = budgetedWorkspaces(this.#ledgers);
    return workspaces.known(workspace) ?? workspaces.has(workspace);
  }

  reserve(workspace: string, ask: ReservationAsk): Promise<ReserveOutcome> {
    return ledgerOf(this.#ledgers, workspace).reserve(workspace, ask);
  }

  /** Lets go of what was held for an attempt that will not begin. */
  release(workspace: string, { task_id, hash, attempt }: AttemptKey): Promise<void> {
    return ledgerOf(this.#ledgers, workspace).release({ task_id, hash, attempt });
  }
}
