import { BUDGETS_KNOWN_MS, type LedgerProtocol } from "./ledger-rpc.ts";

/** The namespace of the ledgers, as the platform binds it. */
export type LedgerBinding = { getByName(name: string): object };

/** The ledger of a workspace; asking for it creates nothing. */
export const ledgerOf = (ledgers: LedgerBinding, workspace: string): LedgerProtocol =>
  ledgers.getByName(workspace) as LedgerProtocol;

/**
 * Which workspaces have any budget, as their ledgers said at most five seconds ago. Reads share what was answered, never a call
 * under way: that one ends with the request it belongs to. Nothing older is ever used, or a budget would not be hard.
 */
export class BudgetedWorkspaces {
  readonly #ledgers: LedgerBinding;
  readonly #now: () => number;
  readonly #known = new Map<string, { answer: boolean; until: number }>();
  /** Grows with every `forget`, so that an answer that was asked for before is not kept. */
  #forgotten = 0;

  constructor(ledgers: LedgerBinding, now: () => number = Date.now) {
    this.#ledgers = ledgers;
    this.#now = now;
  }

  /** The answer at hand, without waiting; undefined when there is none that is young enough. */
  known(workspace: string): boolean | undefined {
    const entry = this.#known.get(workspace);
    return entry !== undefined && this.#now() < entry.until ? entry.answer : undefined;
  }

  /** Throws when the ledger cannot be reached: then nobody knows. */
  async has(workspace: string): Promise<boolean> {
    const known = this.known(workspace);
    if (known !== undefined) return known;
    const [until, forgotten] = [this.#now() + BUDGETS_KNOWN_MS, this.#forgotten];
    const answer = await ledgerOf(this.#ledgers, workspace).hasBudgets();
    if (forgotten === this.#forgotten) this.#known.set(workspace, { answer, until });
    return answer;
  }

  /** To be called after a change of a workspace's budgets: this isolate then sees it at once. */
  forget(workspace: string): void {
    this.#forgotten += 1;
    this.#known.delete(workspace);
  }
}

const known = new WeakMap<LedgerBinding, BudgetedWorkspaces>();

/** The one of this isolate for a binding. */
export function budgetedWorkspaces(ledgers: LedgerBinding): BudgetedWorkspaces {
  const found = known.get(ledgers) ?? new BudgetedWorkspaces(ledgers);
  known.set(ledgers, found);
  return found;
}
