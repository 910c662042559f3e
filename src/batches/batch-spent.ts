import type { TaskReport } from "../delegations/task-report.ts";

/** What the ended tasks of a batch have used; `unpriced` of them have no known cost. */
export type BatchSpent = { tokens_used: number; cost_nanos: number; unpriced: number };

type Told = Pick<TaskReport, "tokens_used" | "cost_nanos">;

export const NOTHING_SPENT: BatchSpent = { tokens_used: 0, cost_nanos: 0, unpriced: 0 };

/** `now` was told of a task, in place of what was told `before` when it had ended already. */
export function withSpent(spent: BatchSpent, now: Told, before?: Told): BatchSpent {
  const unpriced = (told: Told | undefined) => (told?.cost_nanos === null ? 1 : 0);
  return {
    tokens_used: spent.tokens_used + now.tokens_used - (before?.tokens_used ?? 0),
    cost_nanos: spent.cost_nanos + (now.cost_nanos ?? 0) - (before?.cost_nanos ?? 0),
    unpriced: spent.unpriced + unpriced(now) - unpriced(before),
  };
}

/** Nano-dollars; null while the cost of a task is not known. */
export const spentNanos = ({ cost_nanos, unpriced }: BatchSpent): number | null => (unpriced > 0 ? null : cost_nanos);
