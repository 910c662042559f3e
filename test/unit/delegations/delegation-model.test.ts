import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  afterFailedAttempt,
  approvalExpiredState,
  cancelledState,
  deadlineExceeded,
  rejectedState,
} from "../../../src/delegations/attempts/after-attempt.ts";
import { type AttemptFailure, countsAsTry } from "../../../src/delegations/attempts/retry-policy.ts";
import type { DelegationSpec } from "../../../src/delegations/delegation-rpc.ts";
import {
  acceptedState,
  approvedState,
  type DelegationState,
  finishedState,
  isFinal,
  maxAttempts,
  newAttempt,
  runningAttempt,
  startedState,
  withAttempt,
} from "../../../src/delegations/delegation-state.ts";
import { FAILURES, type FailureCode } from "../../../src/errors.ts";
import { candidates, specOf, T0 } from "./delegating.ts";

/** What can happen to a delegation; each step comes `afterMs` after the one before. */
type Step = { afterMs: number; random: number } & (
  | { kind: "attempt" | "complete" | "cancel" | "approve" | "reject" | "wake" }
  | { kind: "fail"; failure: AttemptFailure }
);

/** The world the steps act on: the state, the clock, and which attempts counted as tries. */
type World = { state: DelegationState; now: number; counted: Map<number, number> };

const CODES = (Object.keys(FAILURES) as FailureCode[]).filter((code) => code !== "all_candidates_failed");
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const afterMs = fc.oneof(fc.nat(5_000), fc.nat(600_000), fc.nat(8 * 86_400_000));
const failure = fc.record({
  code: fc.oneof(fc.constantFrom<FailureCode>("provider_rate_limited", "provider_upstream"), fc.constantFrom(...CODES)),
  free: fc.boolean(),
  retryAfterMs: fc.option(fc.nat(120_000), { nil: undefined }),
  repeatable: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.constant(false)),
});
const INVALID = { answer: "{", isCut: false, problem: "not JSON" };
const invalid: fc.Arbitrary<AttemptFailure> = fc.constant({
  code: "invalid_output",
  free: false,
  retryAfterMs: undefined,
  repeatable: true,
  invalid: INVALID,
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("attempt" as const), afterMs: fc.nat(2_000), random }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("fail" as const),
      failure: fc.oneof({ weight: 5, arbitrary: failure }, invalid),
      afterMs: fc.nat(5_000),
      random,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("approve" as const, "wake"), afterMs, random }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("complete" as const, "cancel", "reject"), afterMs, random }) },
);
const anySpec = fc
  .record({ count: fc.integer({ min: 1, max: 4 }), max_attempts: fc.integer({ min: 1, max: 4 }), manual: fc.boolean() })
  .map(({ count, max_attempts, manual }) =>
    specOf({ max_attempts, approval: manual ? "manual" : "auto" }, { candidates: candidates(count) }),
  );

function applied(world: World, spec: DelegationSpec, next: Step): DelegationState {
  const { state, now } = world;
  switch (next.kind) {
    case "attempt":
      return attempted(state, spec, now);
    case "fail":
      return failed(world, spec, next.failure, next.random);
    case "complete":
      return completed(state, now);
    case "cancel":
      if (runningAttempt(state) === undefined) return cancelledState(state, "ann", now);
      return { ...state, version: state.version + 1, cancel_requested_by: "ann" };
    case "approve":
      return state.status === "needs-approval" ? approvedState(state, spec, "ann", now) : state;
    case "reject":
      return state.status === "needs-approval" ? rejectedState(state, "ann", now) : state;
    case "wake":
      return woken(state, now);
  }
}

function attempted(state: DelegationState, spec: DelegationSpec, now: number): DelegationState {
  if (isFinal(state) || runningAttempt(state) !== undefined || state.status === "needs-approval") return state;
  return startedState(state, newAttempt(state, spec, 1_000, now), [], now + 60_000);
}

function failed({ state, now, counted }: World, spec: DelegationSpec, how: AttemptFailure, random: number): DelegationState {
  const running = runningAttempt(state);
  if (running === undefined) return afterFailedAttempt(state, spec, how, { now, random });
  const error = { code: how.code, message: `died of ${how.code}` };
  const isRepaired = how.invalid !== undefined && running.repair === undefined;
  const counts = !isRepaired && countsAsTry(how, state.candidate + 1 < spec.candidates.length);
  if (counts) counted.set(running.candidate, (counted.get(running.candidate) ?? 0) + 1);
  const ended = withAttempt(state, { ...running, status: "failed", error, ended_at: now });
  return afterFailedAttempt(ended, spec, how, { now, random });
}

function completed(state: DelegationState, now: number): DelegationState {
  const running = runningAttempt(state);
  const ended = running && withAttempt(state, { ...running, status: "completed", ended_at: now });
  return finishedState(ended ?? state, { status: "completed", error: null, now });
}

function woken(state: DelegationState, now: number): DelegationState {
  if (runningAttempt(state) !== undefined || state.due_at === null || state.due_at > now) return state;
  if (state.status === "needs-approval") return approvalExpiredState(state, now);
  return now >= state.deadline_at ? deadlineExceeded(state, now) : state;
}

/** Plays the steps, but for ends of attempts that never began, and shows every state with its predecessor. */
function play(
  spec: DelegationSpec,
  steps: Step[],
  look: (before: DelegationState, after: DelegationState, world: World) => void,
) {
  const world: World = { state: acceptedState(spec), now: T0, counted: new Map() };
  for (const next of steps) {
    world.now += next.afterMs;
    const before = world.state;
    const ends = next.kind === "fail" || next.kind === "complete";
    if (ends && !isFinal(before) && runningAttempt(before) === undefined) continue;
    world.state = applied(world, spec, next);
    look(before, world.state, world);
  }
  return world;
}

const always = (look: (before: DelegationState, after: DelegationState, world: World, spec: DelegationSpec) => void) =>
  fc.assert(
    fc.property(anySpec, fc.array(step, { maxLength: 60 }), (spec, steps) => {
      play(spec, steps, (before, after, world) => look(before, after, world, spec));
    }),
    { numRuns: 1_000 },
  );

describe("a delegation, whatever happens to it in whatever order", () => {
  test("never leaves a final state, nor changes anything of it", () => {
    always((before, after) => {
      if (isFinal(before)) expect(after).toBe(before);
    });
  });

  test("gets a higher version with every change", () => {
    always((before, after) => {
      if (after !== before) expect(after.version).toBeGreaterThan(before.version);
    });
  });

  test("makes no more attempts per candidate than max_attempts, free refusals of the last candidate aside", () => {
    always((_before, _after, { counted }, spec) => {
      for (const count of counted.values()) expect(count).toBeLessThanOrEqual(maxAttempts(spec));
    });
  });

  test("repairs one answer of a candidate at most, and at once", () => {
    always((before, after, { now }) => {
      const invalidAt = (index: number) =>
        after.attempts.filter(
          ({ candidate, error, repair }) => candidate === index && repair === undefined && error?.code === "invalid_output",
        );
      const repaired = after.attempts.filter(({ repair }) => repair);
      for (const { candidate, number } of repaired) {
        expect(invalidAt(candidate).length).toBeGreaterThan(0);
        const first = after.attempts.find((attempt) => attempt.candidate === candidate && attempt.repair);
        expect(
          after.attempts.slice((first?.number ?? number) - 1).filter((later) => later.candidate === candidate && !later.repair),
        ).toEqual([]);
      }
      const isNew = after.repair !== undefined && after.repair !== before.repair;
      if (isNew) expect(after.due_at).toBe(now);
      if (isFinal(after)) expect(after.repair).toBeUndefined();
    });
  });

  test("only ever moves on to the next candidate", () => {
    always((before, after, _world, spec) => {
      expect(after.candidate - before.candidate).toBeOneOf([0, 1]);
      expect(after.candidate).toBeLessThan(spec.candidates.length);
    });
  });

  test("keeps every attempt that was made, numbered 1, 2, 3 …", () => {
    always((before, after) => {
      expect(after.attempts.length).toBeGreaterThanOrEqual(before.attempts.length);
      expect(after.attempts.map(({ number }) => number)).toEqual(after.attempts.map((_, index) => index + 1));
    });
  });

  test("is due for something until it is final, and by its deadline at the latest", () => {
    always((_before, after) => {
      if (isFinal(after)) return expect(after.due_at).toBeNull();
      expect(after.due_at).not.toBeNull();
      if (after.status !== "needs-approval" && after.due_at !== null && runningAttempt(after) === undefined) {
        expect(after.due_at).toBeLessThanOrEqual(Math.max(after.deadline_at, after.attempts.at(-1)?.ended_at ?? 0));
      }
    });
  });

  test("is cancelled by the next failure once that was asked for", () => {
    always((before, after) => {
      const ended = !isFinal(before) && runningAttempt(before) !== undefined && runningAttempt(after) === undefined;
      if (ended && before.cancel_requested_by !== null) expect(after.status).toBeOneOf(["cancelled", "completed"]);
    });
  });

  test("lists each of its attempts when all candidates failed", () => {
    always((before, after) => {
      if (isFinal(before) || after.error?.code !== "all_candidates_failed") return;
      expect(after.error.attempts?.map(({ number }) => number)).toEqual(after.attempts.map(({ number }) => number));
      expect(after.error.attempts?.map(({ code }) => code)).toEqual(after.attempts.map(({ error }) => error?.code));
    });
  });

  test("never runs an attempt before it is approved", () => {
    always((_before, after, _world, spec) => {
      if (spec.input.approval === "manual" && after.attempts.length > 0) expect(after.decision?.decision).toBe("approve");
    });
  });

  test("says when it ended and, unless it completed, of what", () => {
    always((_before, after) => {
      expect(after.completed_at !== null).toBe(isFinal(after));
      expect(after.error !== null).toBe(after.status === "failed" || after.status === "cancelled");
    });
  });
});

test("random delegations do reach every end", () => {
  const ends = new Set<string>();
  fc.assert(
    fc.property(anySpec, fc.array(step, { maxLength: 60 }), (spec, steps) => {
      const { state } = play(spec, steps, () => undefined);
      ends.add(`${state.status}/${state.error?.code ?? ""}`);
    }),
    { numRuns: 2_000, seed: 1 },
  );
  expect([...ends]).toEqual(
    expect.arrayContaining([
      "completed/",
      "cancelled/cancelled",
      "cancelled/rejected",
      "cancelled/approval_expired",
      "failed/deadline_exceeded",
      "failed/all_candidates_failed",
      "failed/provider_rate_limited",
      "failed/provider_upstream",
    ]),
  );
});
