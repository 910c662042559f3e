import { dollars } from "../lib/nanos.ts";
import type { Budget } from "./budget.ts";
import type { Alert, BudgetRow } from "./ledger-store.ts";

/** A budget as the API shows it; `alerts` are those of its current period. */
export function budgetView(budget: BudgetRow, alerts: readonly Alert[]): Budget {
  const { name, scope, subject, period, limit_nanos, spent, reserved } = budget;
  const remaining = Math.max(0, limit_nanos - spent - reserved);
  const exceeded = alerts.find(({ kind }) => kind === "exceeded");
  const warnings = alerts.filter(({ kind }) => kind === "warning").map(({ share, at }) => ({ at_share: share, at: isoTime(at) }));
  return {
    name,
    scope,
    subject,
    period,
    period_start: period === "total" ? null : isoTime(budget.period_start),
    limit: inDollars(limit_nanos),
    limit_nanos,
    spent: inDollars(spent),
    spent_nanos: spent,
    reserved: inDollars(reserved),
    reserved_nanos: reserved,
    remaining: inDollars(remaining),
    remaining_nanos: remaining,
    warn_at: JSON.parse(budget.warn_at) as number[],
    warnings,
    exceeded_at: exceeded === undefined ? null : isoTime(exceeded.at),
    allow_unpriced: budget.allow_unpriced === 1,
    created_at: isoTime(budget.created_at),
    updated_at: isoTime(budget.updated_at),
  };
}

const isoTime = (at: number): string => new Date(at).toISOString();
const inDollars = (nanos: number): number => dollars(nanos) ?? 0;
