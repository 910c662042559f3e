import type { BudgetRefusal, ReserveOutcome } from "../../budgets/ledger-rpc.ts";
import { dollars, nanosOf } from "../../lib/nanos.ts";
import type { AttemptPlan } from "../attempts/attempt-plan.ts";
import type { Candidate, DelegationSpec } from "../delegation-rpc.ts";
import type { DelegationState } from "../delegation-state.ts";

/** Why money is not there for an attempt: it costs too much, or nobody knows what it costs. */
export type MoneyRefusal = { kind: "over" | "unpriced"; message: string };

type Planned = Pick<AttemptPlan, "boundNanos" | "outputTokensWithin">;

/** The refusal of a budget, in words; undefined when it granted. */
export function budgetRefusal(outcome: ReserveOutcome, candidate: Candidate, plan: Planned): MoneyRefusal | undefined {
  if (outcome.kind === "granted") return undefined;
  if (outcome.kind === "unpriced") return unpriced(candidate, `the budget ${outcome.budget} does not allow that`);
  return { kind: "over", message: `${standing(outcome)} ${need(candidate, plan, outcome.remaining)}` };
}

/**
 * The refusal of the caller's own max_cost, which holds for all attempts together; undefined when the attempt fits. What ended
 * attempts cost at most counts.
 */
export function maxCostRefusal(
  { input }: Pick<DelegationSpec, "input">,
  { attempts }: Pick<DelegationState, "attempts">,
  candidate: Candidate,
  plan: Planned,
): MoneyRefusal | undefined {
  const most = nanosOf(input.max_cost ?? null);
  if (most === null) return undefined;
  if (plan.boundNanos === null) return unpriced(candidate, "with max_cost that is not allowed");
  const costs = attempts.map(({ cost_max_nanos }) => cost_max_nanos);
  if (costs.includes(null))
    return { kind: "over", message: "What the attempts before cost is not known, and max_cost is given." };
  const left = most - costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0);
  if (plan.boundNanos <= left) return undefined;
  const of = left === most ? "" : `, of which ${money(Math.max(0, left))} are left`;
  return { kind: "over", message: `max_cost is ${money(most)}${of}. ${need(candidate, plan, left)}` };
}

function standing({ budget, period, limit, remaining }: BudgetRefusal): string {
  const per = period === "total" ? "in total" : `a ${period}`;
  return `The budget ${budget} (${money(limit)} ${per}) has ${money(remaining)} left.`;
}

function need(candidate: Candidate, { boundNanos, outputTokensWithin }: Planned, left: number): string {
  const tokens = outputTokensWithin(left);
  const fits =
    tokens > 0 ? `It fits with max_output_tokens of at most ${tokens}.` : "It does not fit with any max_output_tokens.";
  return `This attempt at ${named(candidate)} may cost up to ${money(boundNanos ?? 0)}. ${fits}`;
}

const unpriced = (candidate: Candidate, because: string): MoneyRefusal => ({
  kind: "unpriced",
  message: `No price is known for ${named(candidate)}, so nobody can say what it costs: ${because}.`,
});

const named = ({ provider, endpoint, model }: Candidate): string =>
  model === "" ? provider : `${model} of ${endpoint ?? provider}`;

/** Exact: refusals are about nano-dollars. */
const money = (nanos: number): string => `$${(dollars(nanos) ?? 0).toFixed(9).replace(/0{1,7}$/, "")}`;
