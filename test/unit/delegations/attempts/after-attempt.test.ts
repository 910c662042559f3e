import { describe, expect, test } from "vitest";
import {
  afterFailedAttempt,
  approvalExpiredState,
  cancelledState,
  deadlineExceeded,
  rejectedState,
} from "../../../../src/delegations/attempts/after-attempt.ts";
import type { AttemptFailure } from "../../../../src/delegations/attempts/retry-policy.ts";
import type { DelegationSpec } from "../../../../src/delegations/delegation-rpc.ts";
import {
  acceptedState,
  type DelegationState,
  newAttempt,
  toRepair,
  withAttempt,
} from "../../../../src/delegations/delegation-state.ts";
import { candidates, runningState, specOf, T0 } from "../delegating.ts";

const CHANCE = { now: T0 + 5_000, random: 0.5 };

const failure = (code: AttemptFailure["code"], different: Partial<AttemptFailure> = {}): AttemptFailure => ({
  code,
  free: false,
  retryAfterMs: undefined,
  repeatable: true,
  ...different,
});

/** Runs the next attempt and lets it fail. */
function failing(state: DelegationState, spec: DelegationSpec, how: AttemptFailure): DelegationState {
  const running = runningState(spec, state, CHANCE.now);
  const attempt = running.attempts.at(-1);
  if (attempt === undefined) throw new Error("nothing runs");
  const error = { code: how.code, message: `${how.code} at ${attempt.model}` };
  return afterFailedAttempt(
    withAttempt(running, { ...attempt, status: "failed", error, ended_at: CHANCE.now }),
    spec,
    how,
    CHANCE,
  );
}

describe("afterFailedAttempt", () => {
  test("waits before the same candidate is tried again, and counts the try", () => {
    const spec = specOf();
    const state = failing(acceptedState(spec), spec, failure("provider_upstream"));
    expect(state).toMatchObject({ status: "in-progress", candidate: 0, tries: 1, refusals: 0, due_at: CHANCE.now + 250 });
  });

  test("a free refusal of the only candidate is no try, and lengthens the next pause", () => {
    const spec = specOf();
    const refused = failure("provider_rate_limited", { free: true });
    const once = failing(acceptedState(spec), spec, refused);
    const twice = failing(once, spec, refused);
    expect([once.tries, once.refusals, once.due_at]).toEqual([0, 1, CHANCE.now + 500]);
    expect([twice.tries, twice.refusals, twice.due_at]).toEqual([0, 2, CHANCE.now + 1_000]);
    expect(failing(twice, spec, failure("truncated_stream"))).toMatchObject({ tries: 1, refusals: 0 });
  });

  test("the next candidate begins at once, with all its tries", () => {
    const spec = specOf({}, { candidates: candidates(2) });
    const state = failing(acceptedState(spec), spec, failure("provider_quota_exhausted"));
    expect(state).toMatchObject({ status: "in-progress", candidate: 1, tries: 0, refusals: 0, due_at: CHANCE.now });
  });

  test("a single candidate's last failure is the delegation's, with its message and provider", () => {
    const spec = specOf({ max_attempts: 2 });
    const once = failing(acceptedState(spec), spec, failure("timeout"));
    const state = failing(once, spec, failure("truncated_stream"));
    expect(state).toMatchObject({ status: "failed", completed_at: CHANCE.now, due_at: null });
    expect(state.error).toEqual({ code: "truncated_stream", message: "truncated_stream at model-1", provider: "claude" });
  });

  test("when all candidates failed, every attempt is listed in order", () => {
    const spec = specOf({ max_attempts: 2 }, { candidates: candidates(3) });
    const codes = ["refused", "timeout", "provider_upstream", "provider_auth"] as const;
    const state = codes.reduce((before, code) => failing(before, spec, failure(code)), acceptedState(spec));
    expect(state.error).toMatchObject({
      code: "all_candidates_failed",
      message: "All 3 candidates failed; the last was claude with provider_auth.",
    });
    expect(state.error?.attempts).toEqual([
      { number: 1, provider: "claude", model: "model-1", code: "refused", message: "refused at model-1" },
      { number: 2, provider: "claude", model: "model-2", code: "timeout", message: "timeout at model-2" },
      { number: 3, provider: "claude", model: "model-2", code: "provider_upstream", message: "provider_upstream at model-2" },
      { number: 4, provider: "claude", model: "model-3", code: "provider_auth", message: "provider_auth at model-3" },
    ]);
  });

  test("a requested cancel decides, whatever the attempt failed with and whoever is left", () => {
    const spec = specOf({}, { candidates: candidates(2) });
    for (const code of ["cancelled", "provider_upstream", "refused", "provider_rate_limited", "deadline_exceeded"] as const) {
      const state = failing({ ...acceptedState(spec), cancel_requested_by: "ann" }, spec, failure(code));
      expect(state).toMatchObject({ status: "cancelled", error: { code: "cancelled", message: "Cancelled by ann." } });
    }
  });

  test("the deadline ends the delegation, other candidates or not, and says what the attempt died of", () => {
    const spec = specOf({}, { candidates: candidates(2) });
    const state = failing(acceptedState(spec), spec, failure("deadline_exceeded"));
    expect(state).toMatchObject({ status: "failed", candidate: 0, error: { code: "deadline_exceeded" } });
    expect(state.error?.message).toContain("deadline_exceeded at model-1");
  });

  test("a failure that comes after the end changes nothing", () => {
    const spec = specOf();
    const ended = cancelledState(acceptedState(spec), "ann", T0);
    for (const code of ["provider_upstream", "deadline_exceeded", "refused"] as const) {
      expect(afterFailedAttempt(ended, spec, failure(code), CHANCE)).toBe(ended);
    }
    const limited = failure("provider_rate_limited", { free: true });
    expect(afterFailedAttempt(ended, spec, limited, CHANCE)).toBe(ended);
  });
});

describe("an invalid answer", () => {
  const INVALID = { answer: "[1,", isCut: false, problem: "It is not JSON." };
  const invalid = failure("invalid_output", { invalid: INVALID });
  /** The attempt that would begin now. */
  const nextOf = (state: DelegationState, spec: DelegationSpec) => newAttempt(state, spec, null, CHANCE.now);

  test("is repaired at once by the candidate that gave it, even with one attempt allowed", () => {
    const spec = specOf({ max_attempts: 1 }, { candidates: candidates(2) });
    const state = failing(acceptedState(spec), spec, invalid);
    expect(state).toMatchObject({ status: "in-progress", candidate: 0, tries: 0, due_at: CHANCE.now });
    expect(toRepair(state)).toMatchObject(INVALID);
    expect(nextOf(state, spec)).toMatchObject({ number: 2, candidate: 0, repair: true });
  });

  test("is repaired once: a repair that is invalid goes to the next candidate, which is asked the prompt alone", () => {
    const spec = specOf({}, { candidates: candidates(2) });
    const state = failing(failing(acceptedState(spec), spec, invalid), spec, invalid);
    expect(state).toMatchObject({ status: "in-progress", candidate: 1, tries: 0, due_at: CHANCE.now });
    expect(toRepair(state)).toBeUndefined();
    expect(nextOf(state, spec)).not.toHaveProperty("repair");
  });

  test("of each candidate is repaired, and of the last one ends the delegation", () => {
    const spec = specOf({}, { candidates: candidates(2) });
    let state = acceptedState(spec);
    for (let number = 1; number <= 4; number += 1) state = failing(state, spec, invalid);
    expect(state.attempts.map(({ candidate, repair }) => [candidate, repair])).toEqual([
      [0, undefined],
      [0, true],
      [1, undefined],
      [1, true],
    ]);
    expect(state).toMatchObject({ status: "failed", error: { code: "all_candidates_failed" } });
    expect(state).not.toHaveProperty("repair");
  });

  test("whose repair is killed or fails for another reason is repaired again, within max_attempts", () => {
    const spec = specOf({ max_attempts: 2 });
    const killed = failing(failing(acceptedState(spec), spec, invalid), spec, failure("interrupted"));
    expect(killed).toMatchObject({ status: "in-progress", tries: 1, due_at: CHANCE.now });
    expect(nextOf(killed, spec)).toMatchObject({ number: 3, repair: true });
    expect(failing(killed, spec, failure("provider_upstream"))).toMatchObject({
      status: "failed",
      error: { code: "provider_upstream" },
    });
  });

  test("after a cancel is not repaired", () => {
    const spec = specOf();
    const state = failing({ ...acceptedState(spec), cancel_requested_by: "ann" }, spec, invalid);
    expect(state).toMatchObject({ status: "cancelled" });
  });
});

describe("deadlineExceeded", () => {
  test("says so when no attempt had ended", () => {
    expect(deadlineExceeded(acceptedState(specOf()), T0).error).toEqual({
      code: "deadline_exceeded",
      message: "The deadline passed before the delegation ended. No attempt had ended.",
    });
  });

  test("names the refusal that it waited for", () => {
    const spec = specOf();
    const waiting = failing(acceptedState(spec), spec, failure("provider_rate_limited", { free: true }));
    expect(deadlineExceeded(waiting, T0).error?.message).toContain("provider_rate_limited: provider_rate_limited at model-1");
  });
});

describe("rejectedState", () => {
  test("cancels with the name of who rejected it", () => {
    const state = rejectedState(acceptedState(specOf({ approval: "manual" })), "ann", T0 + 1);
    expect(state).toMatchObject({ status: "cancelled", due_at: null, completed_at: T0 + 1 });
    expect(state.error).toEqual({ code: "rejected", message: "Rejected by ann." });
    expect(state.decision).toEqual({ decision: "reject", by: "ann", at: T0 + 1 });
  });
});

describe("approvalExpiredState", () => {
  test("cancels what nobody approved", () => {
    const state = approvalExpiredState(acceptedState(specOf({ approval: "manual" })), T0 + 1);
    expect(state).toMatchObject({ status: "cancelled", error: { code: "approval_expired" }, decision: null });
  });
});
