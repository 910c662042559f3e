import type { BudgetInput } from "../../../src/budgets/budget.ts";
import { Ledger } from "../../../src/budgets/ledger.ts";
import type { ReservationAsk, Settlement } from "../../../src/budgets/ledger-rpc.ts";
import { type Alert, LedgerStore } from "../../../src/budgets/ledger-store.ts";
import { MemorySql } from "../../support/memory-sql.ts";

export const NOON = Date.UTC(2026, 10, 15, 12);
export const DAY = 86_400_000;

/** A ledger over real SQL with a clock of its own. */
export function newBooks(now = NOON) {
  const clock = { now };
  const sql = new MemorySql();
  const alerts: Alert[] = [];
  const overruns: number[][] = [];
  const store = new LedgerStore(sql);
  const open = () =>
    new Ledger(new LedgerStore(sql), {
      now: () => clock.now,
      onAlert: (alert) => alerts.push(alert),
      onOverrun: (_key, reserved, booked) => overruns.push([reserved, booked]),
    });
  return { clock, sql, store, alerts, overruns, ledger: open(), reopened: open };
}

/** One dollar for the whole workspace, for ever. */
export const DOLLAR: BudgetInput = { scope: "workspace", period: "total", limit: 1, warn_at: [0.8, 0.95], allow_unpriced: false };

const WHOSE = { hash: "h", key_id: "key-1", agent: "coder" };

/** The ask of a task's first attempt; the rest may be replaced. */
export const ask = (task_id: string, nanos: number | null, changes: Partial<ReservationAsk> = {}): ReservationAsk => ({
  task_id,
  attempt: 1,
  ends_at: NOON + 120_000,
  nanos,
  ...WHOSE,
  ...changes,
});

export const taskOf = (task_id: string, changes: Partial<typeof WHOSE> = {}) => ({ task_id, ...WHOSE, ...changes });

export const settlement = (nanos: number | null, changes: Partial<Settlement> = {}): Settlement => ({
  attempt: 1,
  at: NOON,
  nanos,
  version: 2,
  ...changes,
});

/** Spent, reserved and remaining of a budget, in nano-dollars. */
export function sums(ledger: Ledger, name = "b"): { spent: number; reserved: number; remaining: number } {
  const budget = ledger.budgets().find((each) => each.name === name);
  if (budget === undefined) throw new Error(`there is no budget ${name}`);
  return { spent: budget.spent_nanos, reserved: budget.reserved_nanos, remaining: budget.remaining_nanos };
}
