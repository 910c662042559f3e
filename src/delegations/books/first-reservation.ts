import type { Reservations } from "../../budgets/reservations.ts";
import type { Config } from "../../config.ts";
import { AppError } from "../../errors.ts";
import { attemptPlan } from "../attempts/attempt-plan.ts";
import type { DelegationSpec } from "../delegation-rpc.ts";
import { reservationAsk } from "./budget-gate.ts";
import { budgetRefusal, type MoneyRefusal, maxCostRefusal } from "./budget-refusal.ts";

/** `free`: nothing is to be held. `held`: the ledger asks nobody about it before `until` (milliseconds since the epoch). */
export type FirstReservation = { kind: "free" } | { kind: "held"; until: number } | { kind: "refused"; error: AppError };

/**
 * Holds the money of the first attempt before its task is stored. `error` is `budget_exceeded`, or `invalid_request` for a model
 * without a price. A task that waits for approval holds nothing until it has that. Rejects when the ledger cannot be reached.
 */
export async function reserveFirst(spec: DelegationSpec, config: Config, reservations: Reservations): Promise<FirstReservation> {
  const { workspace, input } = spec;
  const [candidate] = spec.candidates;
  const known = reservations.areNeeded(workspace);
  const isNeeded = input.approval !== "manual" && (typeof known === "boolean" ? known : await known);
  if (candidate === undefined || (!isNeeded && input.max_cost === undefined)) return { kind: "free" };
  const plan = attemptPlan(spec, candidate, { number: 1, at: new Date(spec.created_at) }, config);
  const tooDear = maxCostRefusal(spec, { attempts: [] }, candidate, plan);
  if (tooDear !== undefined) return { kind: "refused", error: refused(tooDear, "max_cost") };
  if (!isNeeded) return { kind: "free" };
  // Should nothing come of it, the ledger finds out soon.
  const outcome = await reservations.reserve(workspace, reservationAsk(spec, 1, plan.boundNanos, spec.created_at));
  const refusal = budgetRefusal(outcome, candidate, plan);
  if (refusal !== undefined) return { kind: "refused", error: refused(refusal, "model") };
  return outcome.kind === "granted" ? { kind: "held", until: outcome.asked_at } : { kind: "free" };
}

function refused({ kind, message }: MoneyRefusal, path: string): AppError {
  if (kind === "over") return new AppError("budget_exceeded", message);
  return new AppError("invalid_request", message, [{ path: path === "max_cost" ? "model" : path, message }]);
}
