import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { BudgetInput } from "../../src/budgets/budget.ts";
import type { LedgerProtocol } from "../../src/budgets/ledger-rpc.ts";
import { freshId } from "./delegation-object.ts";

/** The stub of a workspace's ledger, typed by its protocol. */
export const ledgerObjectOf = (workspace: string): DurableObjectStub & LedgerProtocol =>
  env.LEDGERS.getByName(workspace) as unknown as DurableObjectStub & LedgerProtocol;

/** A workspace no other test has. */
export const freshWorkspace = (): string => freshId("team").toLowerCase();

/**
 * Gives a workspace that nobody has asked about a budget `b`. The answer comes after five seconds and is not awaited: in such a
 * workspace nobody relies on there being none.
 */
export async function setBudget(workspace: string, input: BudgetInput): Promise<void> {
  const ledger = ledgerObjectOf(workspace);
  ledger.putBudget(workspace, "b", input).catch(() => undefined);
  if ((await ledger.budget("b")) === null) throw new Error("the budget is not stored");
}

/** Spent and reserved of a workspace's budget, in nano-dollars. */
export async function sumsOf(workspace: string, name = "b"): Promise<{ spent: number; reserved: number }> {
  const budget = await ledgerObjectOf(workspace).budget(name);
  if (budget === null) throw new Error(`there is no budget ${name}`);
  return { spent: budget.spent_nanos, reserved: budget.reserved_nanos };
}

/** Makes the ledger ask about all it holds, as though its time had come. */
export async function askNow(workspace: string): Promise<void> {
  const stub = ledgerObjectOf(workspace);
  await runInDurableObject(stub, (_object, { storage }) => {
    storage.sql.exec("update entries set due_at = 1 where due_at is not null");
  });
  await runDurableObjectAlarm(stub);
}
