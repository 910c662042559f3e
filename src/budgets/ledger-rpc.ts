import type { Budget, BudgetInput } from "./budget.ts";

/** One attempt of one task. `hash` is that of the task's body: another task that wants the same id is another key. */
export type AttemptKey = { task_id: string; hash: string; attempt: number };

/** On whose account an attempt goes. */
export type Payer = { key_id: string; agent: string };

/** A task whose attempts are paid for. */
export type PaidTask = Omit<AttemptKey, "attempt"> & Payer;

/** What an attempt asks for before anything of it is sent. */
export type ReservationAsk = AttemptKey &
  Payer & {
    /** The most it can cost, in nano-dollars; null = nobody knows. */
    nanos: number | null;
    /** When it will have ended at the latest, in milliseconds since the epoch. */
    ends_at: number;
  };

/** Why a budget said no. Amounts are nano-dollars. */
export type BudgetRefusal = { budget: string; period: Budget["period"]; limit: number; remaining: number };

/**
 * `granted`: nobody is asked about it before `asked_at` (milliseconds since the epoch). `over` and `unpriced` name the budget that does
 * not allow it; nothing is reserved.
 */
export type ReserveOutcome = { kind: "granted"; asked_at: number } | ({ kind: "over" | "unpriced" } & BudgetRefusal);

/**
 * What an ended attempt is booked with; null = not known, then what was reserved for it counts. Of two settlements of one attempt
 * the one with the higher `version` holds. `at` is when it began, in milliseconds since the epoch.
 */
export type Settlement = { attempt: number; at: number; nanos: number | null; version: number };

/** How an attempt stands, as its task says. `unknown`: it never ran, and never will with this reservation. */
export type ReservationState =
  | { kind: "running"; ends_at: number }
  | { kind: "settled"; settlement: Settlement }
  | { kind: "unknown" };

/** What the ledger asks of the object of a task. */
export type ReservedTask = { reservationState(hash: string, attempt: number): Promise<ReservationState> };

/** `full`: there are as many budgets as there may be. */
export type PutOutcome = { kind: "saved"; budget: Budget; isNew: boolean } | { kind: "full"; most: number };

/**
 * The protocol of the Durable Object that keeps the money of one workspace, and is named after it: the only place that may say
 * that there is money left. Every method may be called twice, at once, and after a crash half way; none throws on purpose.
 */
export interface LedgerProtocol {
  /** Whether anything can be refused. Who is told no may rely on that for `BUDGETS_KNOWN_MS`. */
  hasBudgets(): Promise<boolean>;
  /** Holds the money for an attempt, once; asked again it only holds it for longer. */
  reserve(workspace: string, ask: ReservationAsk): Promise<ReserveOutcome>;
  /** Lets go of what was held for an attempt that never began. */
  release(key: AttemptKey): Promise<void>;
  /**
   * Books what ended attempts of one task cost, whether or not anything was held for them. With `isOver` no other attempt of it
   * will ever run: what is held for one is let go.
   */
  settle(workspace: string, task: PaidTask, settlements: readonly Settlement[], isOver: boolean): Promise<void>;
  budgets(): Promise<Budget[]>;
  budget(name: string): Promise<Budget | null>;
  /** Answers when the budget is hard: after the first one of a workspace, nobody relies any more on there being none. */
  putBudget(workspace: string, name: string, input: BudgetInput): Promise<PutOutcome>;
  /** False when there is none of that name. */
  deleteBudget(name: string): Promise<boolean>;
}

/** So long a caller may rely on being told that a workspace has no budget. */
export const BUDGETS_KNOWN_MS = 5_000;
