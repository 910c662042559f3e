import type { Budget, BudgetBody } from "../budgets/budget.ts";
import { ask, type CallOptions, find, listed, pathOf } from "./ask.ts";
import { type Camel, type Input, snake } from "./camel-case.ts";
import type { Transport } from "./transport.ts";

/** A budget and how it stands, in US dollars and exact nano-dollars. */
export type BudgetRecord = Camel<Budget>;

/** What the workspace, its keys and its agents may spend. `put` and `delete` need the scope admin. */
export const budgets = (transport: Transport) => ({
  /** By name. */
  list: (options: CallOptions = {}): Promise<BudgetRecord[]> => listed<Budget>(transport, "/v1/budgets", options),
  /** One budget; null when there is none of this name. */
  get: (name: string, options: CallOptions = {}): Promise<BudgetRecord | null> =>
    find<Budget>(transport, pathOf("budgets", name), options),
  /** Saves a budget, or replaces it; once it answers the budget is hard. The first one takes some seconds. */
  put: (name: string, budget: Input<BudgetBody>, options: CallOptions = {}): Promise<BudgetRecord> =>
    ask<Budget>(transport, { method: "PUT", path: pathOf("budgets", name), body: snake(budget), ...options }),
  /** Takes it away; what was spent stays on the books. */
  delete: (name: string, options: CallOptions = {}): Promise<void> =>
    transport.json({ method: "DELETE", path: pathOf("budgets", name), ...options }),
});
