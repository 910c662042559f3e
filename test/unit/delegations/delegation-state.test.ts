import { serialize } from "node:v8";
import { describe, expect, test } from "vitest";
import { settledAttempt } from "../../../src/delegations/attempts/settled-attempt.ts";
import {
  APPROVAL_EXPIRES_MS,
  acceptedState,
  approvedState,
  finishedState,
  isFinal,
  newAttempt,
  runningAttempt,
  startedState,
  withAttempt,
  withWarnings,
} from "../../../src/delegations/delegation-state.ts";
import { attemptOf, candidates, runningState, specOf, T0, usage } from "./delegating.ts";

const dropped = { code: "parameter_dropped", message: "temperature" };
const mapped = { code: "parameter_mapped", message: "max_thinking_budget" };

describe("acceptedState", () => {
  test("is due at once, with an hour for all of it", () => {
    expect(acceptedState(specOf())).toMatchObject({ version: 1, status: "pending", due_at: T0, deadline_at: T0 + 3_600_000 });
  });

  test("counts the caller's deadline from acceptance", () => {
    expect(acceptedState(specOf({ deadline: 30 })).deadline_at).toBe(T0 + 30_000);
  });

  test("waits seven days for an approval", () => {
    const state = acceptedState(specOf({ approval: "manual" }));
    expect(state).toMatchObject({ status: "needs-approval", due_at: T0 + 7 * 86_400_000 });
    expect(APPROVAL_EXPIRES_MS).toBe(7 * 86_400_000);
  });

  test("keeps what is known to be dropped", () => {
    expect(acceptedState(specOf({}, { warnings: [dropped] })).warnings).toEqual([dropped]);
  });
});

describe("approvedState", () => {
  test("starts the deadline over when the approval comes", () => {
    const spec = specOf({ approval: "manual", deadline: 60 });
    const late = T0 + 5 * 86_400_000;
    const state = approvedState(acceptedState(spec), spec, "ann", late);
    expect(state).toMatchObject({ version: 2, status: "pending", due_at: late, deadline_at: late + 60_000 });
    expect(state.decision).toEqual({ decision: "approve", by: "ann", at: late });
  });
});

describe("newAttempt", () => {
  test("is numbered through the whole delegation and goes to the candidate whose turn it is", () => {
    const spec = specOf({}, { candidates: candidates(2) });
    const state = { ...runningState(spec), candidate: 1 };
    expect(newAttempt(state, spec, 500, T0)).toMatchObject({ number: 2, candidate: 1, model: "model-2", cost_max_nanos: 500 });
  });

  test("refuses a candidate that does not exist", () => {
    expect(() => newAttempt({ ...acceptedState(specOf()), candidate: 1 }, specOf(), null, T0)).toThrow("candidate 1 of 1");
  });
});

describe("startedState", () => {
  test("keeps the first attempt's start as the delegation's", () => {
    const spec = specOf();
    const first = runningState(spec, acceptedState(spec), T0 + 1);
    const second = runningState(spec, first, T0 + 2);
    expect([first.started_at, second.started_at]).toEqual([T0 + 1, T0 + 1]);
  });

  test("forgets where an earlier attempt's answer was stored", () => {
    const spec = specOf();
    expect(runningState(spec, { ...acceptedState(spec), output_packs: [3, 9] }).output_packs).toEqual([]);
  });

  test("is due when the attempt must have ended, never after the deadline", () => {
    const spec = specOf({ deadline: 10 });
    const state = acceptedState(spec);
    const due = (at: number) => startedState(state, newAttempt(state, spec, null, T0), [], at).due_at;
    expect(due(T0 + 5_000)).toBe(T0 + 5_000);
    expect(due(T0 + 60_000)).toBe(T0 + 10_000);
  });
});

describe("withAttempt", () => {
  test("replaces the attempt of the same number and leaves the others as they are", () => {
    const spec = specOf();
    const state = runningState(spec, runningState(spec));
    const ended = { ...attemptOf({ number: 2, status: "failed" }), usage: usage(1, 2) };
    const next = withAttempt(state, ended);
    expect(next.attempts).toEqual([state.attempts[0], ended]);
    expect(next.version).toBe(state.version + 1);
  });
});

describe("runningAttempt", () => {
  test("is the one that has not ended", () => {
    const state = runningState(specOf());
    expect(runningAttempt(state)?.number).toBe(1);
    expect(runningAttempt(withAttempt(state, attemptOf({ status: "completed" })))).toBeUndefined();
  });
});

describe("withWarnings", () => {
  test("says the same thing once, however many attempts meet it", () => {
    expect(withWarnings([dropped], [dropped, mapped])).toEqual([dropped, mapped]);
    const known = [dropped];
    expect(withWarnings(known, [dropped])).toBe(known);
  });
});

describe("finishedState", () => {
  const end = { status: "completed", error: null, now: T0 + 9 } as const;

  test("is final, due never again", () => {
    const state = finishedState(runningState(specOf()), end);
    expect(isFinal(state)).toBe(true);
    expect(state).toMatchObject({ status: "completed", completed_at: T0 + 9, due_at: null });
  });

  test("the first end wins: a second one comes back unchanged", () => {
    const first = finishedState(runningState(specOf()), end);
    expect(finishedState(first, { status: "failed", error: { code: "internal", message: "late" }, now: T0 + 99 })).toBe(first);
  });

  test("the outcome is that of the last attempt that ended, not of an earlier one", () => {
    const spec = specOf({}, { candidates: candidates(2) });
    const refused = withAttempt(runningState(spec), attemptOf({ status: "failed", outcome: "refused", ended_at: T0 + 1 }));
    expect(finishedState(refused, end).outcome).toBe("refused");
    const cut = withAttempt(runningState(spec, refused), attemptOf({ number: 2, status: "failed", ended_at: T0 + 2 }));
    expect(finishedState(cut, end).outcome).toBeNull();
  });
});

test("a day of refusals with the longest of messages still fits one row of the platform", () => {
  const message = "限".repeat(100_000);
  const refused = settledAttempt(attemptOf(), {
    result: {
      kind: "failed",
      code: "provider_rate_limited",
      message,
      free: true,
      retryAfterMs: undefined,
      usage: usage(0, 0),
      model: undefined,
      requestId: "req_0123456789012345678901234567",
    },
    firstTokenAt: null,
    now: T0,
    price: () => 0,
    invalid: undefined,
    repeatable: true,
  }).attempt;
  const attempts = Array.from({ length: 500 }, (_, index) => structuredClone({ ...refused, number: index + 1 }));
  const listed = attempts.map(({ number, provider, model, error }) => ({ number, provider, model, ...error }));
  const error = { code: "all_candidates_failed", message: "", attempts: listed };
  expect(serialize({ ...acceptedState(specOf()), attempts, error }).byteLength).toBeLessThan(2_000_000);
});
