import { describe, expect, test } from "vitest";
import type { AttemptResult } from "../../../../src/delegations/attempts/run-attempt.ts";
import { type Ending, settledAttempt } from "../../../../src/delegations/attempts/settled-attempt.ts";
import type { Completion, Usage } from "../../../../src/providers/provider.ts";
import { attemptOf, completion, T0, usage } from "../delegating.ts";

/** One nano-dollar per input token, ten per output token. */
const priced = ({ usage: { input_tokens, output_tokens } }: { usage: Usage }) => input_tokens + 10 * output_tokens;
const unpriced = () => null;
const reserved = attemptOf({ cost_max_nanos: 1_000 });

const ending = (result: AttemptResult, different: Partial<Ending> = {}): Ending => ({
  result,
  firstTokenAt: T0 + 1,
  now: T0 + 2,
  price: priced,
  invalid: undefined,
  repeatable: true,
  ...different,
});
const answered = (different: Partial<Completion> = {}): AttemptResult => ({
  kind: "answered",
  completion: completion(different),
});
const failed = (different: Partial<Extract<AttemptResult, { kind: "failed" }>> = {}): AttemptResult => ({
  kind: "failed",
  code: "provider_upstream",
  message: "it broke",
  free: false,
  retryAfterMs: undefined,
  usage: usage(10, 3),
  model: undefined,
  requestId: undefined,
  ...different,
});

const INVALID = { answer: "none", isCut: false, problem: "not JSON" };

describe("settledAttempt of an answer", () => {
  test("books the exact cost of the vendor's final counts, whatever was reserved", () => {
    const { attempt, failure, warnings } = settledAttempt(reserved, ending(answered()));
    expect(attempt).toMatchObject({ status: "completed", error: null, usage: usage(10, 5), usage_final: true });
    expect(attempt).toMatchObject({ cost_nanos: 60, cost_max_nanos: 60, outcome: "completed" });
    expect(attempt).toMatchObject({ first_token_at: T0 + 1, ended_at: T0 + 2 });
    expect(failure).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  test("prices the model and the service tier that the vendor named", () => {
    const asked: unknown[] = [];
    const price: Ending["price"] = (used) => {
      asked.push([used.model, used.serviceTier]);
      return 7;
    };
    const { attempt } = settledAttempt(reserved, ending(answered({ model: "model-1-20261101", serviceTier: "flex" }), { price }));
    expect(asked).toEqual([["model-1-20261101", "flex"]]);
    expect(attempt.model).toBe("model-1-20261101");
  });

  test("keeps the asked model when the vendor named none", () => {
    expect(settledAttempt(reserved, ending(answered())).attempt.model).toBe("model-1");
  });

  test("takes the cost from a vendor that bills in money", () => {
    const { attempt } = settledAttempt(reserved, ending(answered({ costNanos: 5_000 })));
    expect(attempt).toMatchObject({ cost_nanos: 5_000, cost_max_nanos: 5_000 });
  });

  test("without final counts the cost is a lower bound, and what was reserved stays booked", () => {
    const { attempt } = settledAttempt(reserved, ending(answered({ usageFinal: false })));
    expect(attempt).toMatchObject({ usage_final: false, cost_nanos: 60, cost_max_nanos: 1_000 });
  });

  test("an unpriced answer costs null, never zero, and says so", () => {
    const { attempt, warnings } = settledAttempt(attemptOf({ cost_max_nanos: null }), ending(answered(), { price: unpriced }));
    expect(attempt).toMatchObject({ cost_nanos: null, cost_max_nanos: null, usage_final: true });
    expect(warnings).toEqual([{ code: "unpriced", message: "No price is known for model-1: its cost is null." }]);
  });

  test("a truncated answer is complete, with a warning, even when it is no JSON", () => {
    const { attempt, failure, warnings } = settledAttempt(
      reserved,
      ending(answered({ outcome: "truncated" }), { invalid: INVALID }),
    );
    expect(attempt).toMatchObject({ status: "completed", outcome: "truncated", error: null });
    expect(failure).toBeUndefined();
    expect(warnings.map(({ code }) => code)).toEqual(["output_truncated"]);
  });

  test.each(["refused", "blocked", "context_exceeded"] as const)("%s is a failed attempt with its cost", (outcome) => {
    const { attempt, failure } = settledAttempt(reserved, ending(answered({ outcome, detail: "policy 7" })));
    expect(attempt).toMatchObject({ status: "failed", outcome, error: { code: outcome, message: "policy 7" }, cost_nanos: 60 });
    expect(failure).toEqual({ code: outcome, free: false, retryAfterMs: undefined, repeatable: true });
    const silent = settledAttempt(reserved, ending(answered({ outcome })));
    expect(silent.attempt.error?.message).not.toBe("");
  });

  test("an answer that is not what was asked for is a failed attempt, paid in full", () => {
    const { attempt, failure } = settledAttempt(reserved, ending(answered(), { invalid: INVALID }));
    expect(attempt).toMatchObject({ status: "failed", error: { code: "invalid_output", message: "not JSON" }, cost_nanos: 60 });
    expect(failure).toMatchObject({ code: "invalid_output", invalid: INVALID });
  });

  test("a refusal comes before the shape of its words", () => {
    const { failure } = settledAttempt(reserved, ending(answered({ outcome: "refused" }), { invalid: INVALID }));
    expect(failure).toEqual({ code: "refused", free: false, retryAfterMs: undefined, repeatable: true });
  });
});

describe("settledAttempt of a failure", () => {
  test("a refusal before the stream began costs nothing and releases what was reserved", () => {
    const refusal = failed({ code: "provider_rate_limited", free: true, retryAfterMs: 4_000 });
    for (const price of [priced, unpriced]) {
      const { attempt, failure } = settledAttempt(reserved, ending(refusal, { price, firstTokenAt: null }));
      expect(attempt).toMatchObject({ status: "failed", usage: usage(0, 0), usage_final: true, first_token_at: null });
      expect(attempt).toMatchObject({ cost_nanos: 0, cost_max_nanos: 0 });
      expect(failure).toEqual({ code: "provider_rate_limited", free: true, retryAfterMs: 4_000, repeatable: true });
    }
  });

  test.each(["provider_upstream", "truncated_stream", "timeout", "cancelled", "interrupted"] as const)(
    "%s costs at least what was counted, at most what was reserved",
    (code) => {
      const { attempt } = settledAttempt(reserved, ending(failed({ code })));
      expect(attempt).toMatchObject({ usage: usage(10, 3), usage_final: false, cost_nanos: 40, cost_max_nanos: 1_000 });
    },
  );

  test("what was counted can exceed the reservation: then it is the bound", () => {
    const { attempt } = settledAttempt(attemptOf({ cost_max_nanos: 5 }), ending(failed()));
    expect(attempt).toMatchObject({ cost_nanos: 40, cost_max_nanos: 40 });
  });

  test("an unpriced failure has neither bound", () => {
    const { attempt, warnings } = settledAttempt(attemptOf({ cost_max_nanos: null }), ending(failed(), { price: unpriced }));
    expect(attempt).toMatchObject({ cost_nanos: null, cost_max_nanos: null });
    expect(warnings.map(({ code }) => code)).toEqual(["unpriced"]);
  });

  test("cancelled and interrupted are statuses of their own, all else is failed", () => {
    const status = (code: "cancelled" | "interrupted" | "timeout") =>
      settledAttempt(reserved, ending(failed({ code }))).attempt.status;
    expect([status("cancelled"), status("interrupted"), status("timeout")]).toEqual(["cancelled", "interrupted", "failed"]);
  });

  test("keeps the head of a long message", () => {
    const { attempt } = settledAttempt(reserved, ending(failed({ message: "x".repeat(10_000) })));
    expect(attempt.error?.message).toBe(`${"x".repeat(500)}…`);
  });

  test("keeps the vendor's request id and model, and those known before when it failed without", () => {
    const known = attemptOf({ request_id: "req_1", model: "model-9" });
    expect(settledAttempt(known, ending(failed())).attempt).toMatchObject({ request_id: "req_1", model: "model-9" });
    const named = failed({ requestId: "req_2", model: "model-2" });
    expect(settledAttempt(known, ending(named)).attempt).toMatchObject({ request_id: "req_2", model: "model-2" });
  });

  test("hands on that the work must not be begun twice", () => {
    const { failure } = settledAttempt(reserved, ending(failed({ code: "timeout" }), { repeatable: false }));
    expect(failure?.repeatable).toBe(false);
  });
});
