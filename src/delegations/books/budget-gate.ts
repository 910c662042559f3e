import type { Payer, ReservationAsk } from "../../budgets/ledger-rpc.ts";
import type { Reservations } from "../../budgets/reservations.ts";
import { DEFAULT_AGENT } from "../admission/with-agent.ts";
import type { AttemptPlan } from "../attempts/attempt-plan.ts";
import type { DelegationSpec } from "../delegation-rpc.ts";
import { type AttemptState, finishedState, isFinal } from "../delegation-state.ts";
import type { DelegationTask } from "../delegation-task.ts";
import { budgetRefusal, type MoneyRefusal, maxCostRefusal } from "./budget-refusal.ts";

/** How much earlier than the ledger would ask a reservation is renewed: clocks differ. */
const CLOCK_SKEW_MS = 5_000;

type Planned = Pick<AttemptPlan, "boundNanos" | "outputTokensWithin" | "timeoutMs">;

/**
 * Holds the money for an attempt that is about to begin. False: it may not, and the task has failed with `budget_exceeded`, or it
 * ended while the ledger was asked. Throws when the ledger cannot be reached.
 */
export async function passBudget(
  task: DelegationTask,
  attempt: AttemptState,
  plan: Planned,
  deps: { reservations: Reservations; now: () => number },
): Promise<boolean> {
  const { spec, state } = task;
  const candidate = spec.candidates[attempt.candidate];
  if (candidate === undefined) return true;
  const tooDear = maxCostRefusal(spec, state, candidate, plan);
  if (tooDear !== undefined) return refuse(task, tooDear, deps.now());
  if (isHeld(spec, attempt, deps.now())) return true;
  const { workspace } = spec;
  const needed = deps.reservations.areNeeded(workspace);
  // What is known needs no waiting: nothing can happen between the answer and the attempt.
  if (!(typeof needed === "boolean" ? needed : await needed)) return !isFinal(task.state);
  const endsAt = Math.min(state.deadline_at, plan.timeoutMs === undefined ? Infinity : deps.now() + plan.timeoutMs);
  const ask = reservationAsk(spec, attempt.number, plan.boundNanos, endsAt);
  const outcome = await deps.reservations.reserve(workspace, ask);
  if (isFinal(task.state)) {
    await deps.reservations.release(workspace, ask);
    return false;
  }
  const refusal = budgetRefusal(outcome, candidate, plan);
  return refusal === undefined || refuse(task, refusal, deps.now());
}

/** What an attempt of a task asks the ledger for; `endsAt` in milliseconds since the epoch. */
export const reservationAsk = (
  spec: Pick<DelegationSpec, "task_id" | "hash" | "key_id" | "agent">,
  attempt: number,
  nanos: number | null,
  endsAt: number,
): ReservationAsk => ({ task_id: spec.task_id, hash: spec.hash, attempt, ...payerOf(spec), nanos, ends_at: endsAt });

/** On whose account a task goes. */
export const payerOf = ({ key_id, agent }: { key_id?: string | undefined; agent?: string | undefined }): Payer => ({
  key_id: key_id ?? "",
  agent: agent ?? DEFAULT_AGENT,
});

/** Its acceptance has reserved the first attempt at the first candidate, and nobody has asked about that yet. */
const isHeld = ({ reserved_until }: DelegationSpec, { number, candidate }: AttemptState, now: number): boolean =>
  number === 1 && candidate === 0 && reserved_until !== undefined && now < reserved_until - CLOCK_SKEW_MS;

function refuse(task: DelegationTask, { message }: MoneyRefusal, now: number): false {
  const last = task.state.attempts.at(-1)?.error;
  const before = last ? ` The last attempt ended with ${last.code}: ${last.message}` : "";
  const error = { code: "budget_exceeded" as const, message: `${message}${before}` };
  task.commit(finishedState(task.state, { status: "failed", error, now }), [], { flush: true });
  return false;
}
