import type { Failure } from "../delegation.ts";
import type { DelegationSpec } from "../delegation-rpc.ts";
import { type AttemptState, type DelegationState, finishedState, isFinal, maxAttempts, toRepair } from "../delegation-state.ts";
import { type AttemptFailure, countsAsTry, nextMove } from "./retry-policy.ts";

/**
 * What a failed attempt leads to: a repair of its answer at once, another try later, the next candidate at once, or the end of
 * the delegation. An answer that is repaired is no try; its repair is, in its place.
 */
export function afterFailedAttempt(
  state: DelegationState,
  spec: DelegationSpec,
  failure: AttemptFailure,
  chance: { now: number; random: number },
): DelegationState {
  if (isFinal(state)) return state;
  if (state.cancel_requested_by !== null) return cancelledState(state, state.cancel_requested_by, chance.now);
  if (failure.code === "deadline_exceeded") return deadlineExceeded(state, chance.now);
  const { invalid } = failure;
  if (invalid !== undefined && toRepair(state) === undefined) {
    const repair = { ...invalid, candidate: state.candidate };
    return { ...state, version: state.version + 1, refusals: 0, due_at: chance.now, repair };
  }
  const hasOtherCandidate = state.candidate + 1 < spec.candidates.length;
  const counts = countsAsTry(failure, hasOtherCandidate);
  const tries = state.tries + (counts ? 1 : 0);
  const refusals = failure.free ? state.refusals + 1 : 0;
  const move = nextMove(failure, {
    tries,
    refusals,
    attempts: state.attempts.length,
    maxAttempts: maxAttempts(spec),
    hasOtherCandidate,
    now: chance.now,
    deadlineAt: state.deadline_at,
    random: chance.random,
  });
  const version = state.version + 1;
  if (move.move === "again") return { ...state, version, tries, refusals, due_at: move.at };
  if (move.move === "next-candidate") {
    return { ...state, version, candidate: state.candidate + 1, tries: 0, refusals: 0, due_at: chance.now };
  }
  return finishedState(
    { ...state, tries, refusals },
    { status: "failed", error: failureOf(state.attempts, spec, failure.code), now: chance.now },
  );
}

/** The end of a delegation whose time is up; says what the last attempt died of. */
export function deadlineExceeded(state: DelegationState, now: number): DelegationState {
  const last = state.attempts.at(-1)?.error;
  const because = last ? ` The last attempt ended with ${last.code}: ${last.message}` : " No attempt had ended.";
  return finishedState(state, {
    status: "failed",
    error: { code: "deadline_exceeded", message: `The deadline passed before the delegation ended.${because}` },
    now,
  });
}

export function cancelledState(state: DelegationState, by: string, now: number): DelegationState {
  return finishedState(state, { status: "cancelled", error: { code: "cancelled", message: `Cancelled by ${by}.` }, now });
}

export function rejectedState(state: DelegationState, by: string, now: number): DelegationState {
  return finishedState(
    { ...state, decision: { decision: "reject", by, at: now } },
    { status: "cancelled", error: { code: "rejected", message: `Rejected by ${by}.` }, now },
  );
}

export function approvalExpiredState(state: DelegationState, now: number): DelegationState {
  return finishedState(state, {
    status: "cancelled",
    error: { code: "approval_expired", message: "Nobody approved it within 7 days." },
    now,
  });
}

function failureOf(attempts: AttemptState[], spec: DelegationSpec, code: AttemptFailure["code"]): Failure {
  const failed = attempts.filter((attempt) => attempt.error !== null);
  const last = failed.at(-1);
  if (spec.candidates.length === 1 || last === undefined) {
    return { code, message: last?.error?.message ?? code, ...(last && { provider: last.provider }) };
  }
  return {
    code: "all_candidates_failed",
    message: `All ${spec.candidates.length} candidates failed; the last was ${last.provider} with ${last.error?.code}.`,
    attempts: failed.map(({ number, provider, model, error }) => ({
      number,
      provider,
      model,
      code: error?.code ?? code,
      message: error?.message ?? "",
    })),
  };
}
