import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AttemptFailure,
  countsAsTry,
  nextMove,
  type RetrySituation,
} from "../../../../src/delegations/attempts/retry-policy.ts";
import { FAILURES, type FailureCode } from "../../../../src/errors.ts";
import { T0 } from "../delegating.ts";

const CODES = Object.keys(FAILURES) as FailureCode[];
const codesThat = (rule: (typeof FAILURES)[FailureCode]): FailureCode[] => CODES.filter((code) => FAILURES[code] === rule);
const HOUR = 3_600_000;

const failureOf = (code: FailureCode, different: Partial<AttemptFailure> = {}): AttemptFailure => ({
  code,
  free: false,
  retryAfterMs: undefined,
  repeatable: true,
  ...different,
});
const situation = (different: Partial<RetrySituation> = {}): RetrySituation => ({
  tries: 1,
  maxAttempts: 3,
  refusals: 1,
  attempts: 1,
  hasOtherCandidate: false,
  now: T0,
  deadlineAt: T0 + HOUR,
  random: 0.5,
  ...different,
});
const anyFailure = fc.record({
  code: fc.constantFrom(...CODES),
  free: fc.boolean(),
  retryAfterMs: fc.option(fc.nat(2 * HOUR), { nil: undefined }),
  repeatable: fc.boolean(),
});
const anySituation = fc.record({
  tries: fc.integer({ min: 1, max: 20 }),
  maxAttempts: fc.integer({ min: 1, max: 10 }),
  refusals: fc.integer({ min: 1, max: 1_000 }),
  attempts: fc.integer({ min: 1, max: 1_000 }),
  hasOtherCandidate: fc.boolean(),
  now: fc.constant(T0),
  deadlineAt: fc.integer({ min: T0, max: T0 + 24 * HOUR }),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

describe("nextMove", () => {
  test.each(codesThat("stop"))("%s ends the delegation, whoever else could answer", (code) => {
    for (const free of [true, false]) {
      expect(nextMove(failureOf(code, { free }), situation({ hasOtherCandidate: true }))).toEqual({ move: "give-up" });
      expect(nextMove(failureOf(code, { free }), situation())).toEqual({ move: "give-up" });
    }
  });

  test.each(codesThat("next"))("%s is final for the candidate at the first try, free or not", (code) => {
    for (const free of [true, false]) {
      expect(nextMove(failureOf(code, { free }), situation({ hasOtherCandidate: true }))).toEqual({ move: "next-candidate" });
      expect(nextMove(failureOf(code, { free }), situation())).toEqual({ move: "give-up" });
    }
  });

  test.each(codesThat("again"))("%s is tried again on the same candidate up to max_attempts, free or not", (code) => {
    for (const free of [true, false]) {
      for (const hasOtherCandidate of [true, false]) {
        const move = (tries: number) => nextMove(failureOf(code, { free }), situation({ tries, hasOtherCandidate })).move;
        expect([move(1), move(2)]).toEqual(["again", "again"]);
        expect(move(3)).toBe(hasOtherCandidate ? "next-candidate" : "give-up");
      }
    }
  });

  test.each(codesThat("wait"))("%s without another candidate waits, however often it was refused", (code) => {
    const waits = nextMove(failureOf(code, { free: true }), situation({ tries: 99, refusals: 500 }));
    expect(waits.move).toBe("again");
  });

  test.each(codesThat("wait"))("%s with another candidate gives way to it after max_attempts", (code) => {
    const move = (tries: number) => nextMove(failureOf(code, { free: true }), situation({ tries, hasOtherCandidate: true })).move;
    expect([move(1), move(2), move(3)]).toEqual(["again", "again", "next-candidate"]);
  });

  test.each(codesThat("wait"))("%s that was not free (the stream had begun) is bounded by max_attempts", (code) => {
    expect(nextMove(failureOf(code), situation({ tries: 2 })).move).toBe("again");
    expect(nextMove(failureOf(code), situation({ tries: 3 }))).toEqual({ move: "give-up" });
  });

  test("never repeats work that the vendor may still be doing", () => {
    const timeout = failureOf("timeout", { repeatable: false });
    expect(nextMove(timeout, situation())).toEqual({ move: "give-up" });
    expect(nextMove(timeout, situation({ hasOtherCandidate: true }))).toEqual({ move: "next-candidate" });
  });

  test("starts an interrupted attempt again at once: the vendor did nothing wrong", () => {
    expect(nextMove(failureOf("interrupted"), situation())).toEqual({ move: "again", at: T0 });
  });

  test("lengthens the pause between faults, up to 15 s", () => {
    const pauses = [1, 2, 3, 9].map((tries) => {
      const move = nextMove(failureOf("provider_upstream"), situation({ tries, maxAttempts: 10, random: 0.999999 }));
      return move.move === "again" ? move.at - T0 : undefined;
    });
    expect(pauses).toEqual([500, 1_000, 2_000, 15_000]);
  });

  test("gives up at once when the vendor asks for more time than the deadline leaves", () => {
    const refusal = failureOf("provider_rate_limited", { free: true, retryAfterMs: HOUR });
    expect(nextMove(refusal, situation())).toEqual({ move: "give-up" });
    expect(nextMove(refusal, situation({ hasOtherCandidate: true }))).toEqual({ move: "next-candidate" });
    expect(nextMove({ ...refusal, retryAfterMs: HOUR - 1 }, situation()).move).toBe("again");
  });

  test("never comes back before Retry-After nor after the deadline, for every failure and situation", () => {
    fc.assert(
      fc.property(anyFailure, anySituation, (failure, at) => {
        const move = nextMove(failure, at);
        if (move.move !== "again") return;
        const floor = failure.code === "interrupted" ? 0 : (failure.retryAfterMs ?? 0);
        expect(move.at).toBeGreaterThanOrEqual(Math.min(at.now + floor, at.deadlineAt));
        expect(move.at).toBeLessThanOrEqual(at.deadlineAt);
      }),
    );
  });

  test("names another candidate only when there is one", () => {
    fc.assert(
      fc.property(anyFailure, anySituation, (failure, at) => {
        expect(nextMove(failure, { ...at, hasOtherCandidate: false }).move).not.toBe("next-candidate");
      }),
    );
  });

  test("spreads refusals over the whole of the pause", () => {
    const refusal = failureOf("provider_overloaded", { free: true, retryAfterMs: 10_000 });
    const pause = (random: number) => {
      const move = nextMove(refusal, situation({ refusals: 4, random }));
      return move.move === "again" ? move.at - T0 : undefined;
    };
    expect([pause(0), pause(0.5), pause(0.999999)]).toEqual([10_000, 14_000, 18_000]);
  });

  test("asks a vendor that refuses for a whole day hundreds of times, not thousands, and still twice a minute at first", () => {
    const deadlineAt = T0 + 24 * HOUR;
    const asked: number[] = [];
    for (let now = T0; now < deadlineAt; ) {
      asked.push(now);
      const at = { refusals: asked.length, attempts: asked.length, now, deadlineAt, random: (asked.length * 0.618) % 1 };
      const move = nextMove(failureOf("provider_rate_limited", { free: true }), situation(at));
      now = move.move === "again" ? move.at : expect.fail("gave up before the deadline");
    }
    expect(asked.length).toBeGreaterThan(350);
    expect(asked.length).toBeLessThan(500);
    expect(asked.filter((at) => at < T0 + HOUR).length).toBeGreaterThan(80);
  });
});

describe("countsAsTry", () => {
  test("is false for a free refusal only, and only while no other candidate waits", () => {
    for (const code of CODES) {
      for (const free of [true, false]) {
        const failure = failureOf(code, { free });
        expect(countsAsTry(failure, true), code).toBe(true);
        expect(countsAsTry(failure, false), code).toBe(!(free && FAILURES[code] === "wait"));
      }
    }
  });
});
