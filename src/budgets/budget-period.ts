export const BUDGET_PERIODS = ["total", "day", "month"] as const;
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];

/** When the period began that holds `at` (both in milliseconds since the epoch; days and months are UTC's); `total` began at 0. */
export function periodStart(period: BudgetPeriod, at: number): number {
  const date = new Date(at);
  if (period === "day") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  return period === "month" ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth()) : 0;
}

/** When the period that began at `start` is over: the first millisecond of the next one; infinite for `total`. */
export function periodEnd(period: BudgetPeriod, start: number): number {
  const date = new Date(start);
  if (period === "day") return start + 86_400_000;
  return period === "month" ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) : Number.POSITIVE_INFINITY;
}
