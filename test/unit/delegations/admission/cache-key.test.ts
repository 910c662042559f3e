import { describe, expect, test } from "vitest";
import { cacheKey, isReusable } from "../../../../src/delegations/admission/cache-key.ts";
import type { DelegationInput } from "../../../../src/delegations/delegation.ts";
import type { Candidate, DelegationSpec } from "../../../../src/delegations/delegation-rpc.ts";
import { type DelegationState, finishedState, withAttempt } from "../../../../src/delegations/delegation-state.ts";
import { attemptOf, runningState, specOf, T0 } from "../delegating.ts";

const OPUS: Candidate = { provider: "claude", endpoint: null, model: "claude-opus-5-5", requested: "claude-opus" };
const LOCAL: Candidate = { provider: "compatible", endpoint: "local", model: "llama3", requested: null };
const COPILOT: Candidate = { provider: "copilot", endpoint: null, model: "", requested: null };
const keyOf = (input: Partial<DelegationInput> = {}, first = OPUS, spec: Partial<DelegationSpec> = {}) =>
  cacheKey(specOf(input, { candidates: [first], ...spec }));
const SCHEMA = { type: "object", properties: { a: {}, b: {} } };

describe("cacheKey", () => {
  const same: [string, Partial<DelegationInput>, Partial<DelegationInput>][] = [
    [
      "the order of a schema's keys",
      { output_schema: SCHEMA },
      { output_schema: { properties: { b: {}, a: {} }, type: "object" } },
    ],
    ["output_json said to be off", {}, { output_json: false }],
    ["the limit that is the default anyhow", {}, { max_output_tokens: 8_192 }],
    ["a temperature that the model does not take", {}, { temperature: 0.5 }],
    ["what says how to run it", {}, { timeout: 9, deadline: 9, max_attempts: 1, fallbacks: "auto", approval: "manual" }],
    [
      "what the books keep",
      {},
      { properties: { a: 1 }, task_type: "CODE_GENERATION", parent_task_id: "p", cache: { max_age: 1 } },
    ],
  ];

  test.each(same)("%s makes no difference", async (_what, one, other) => {
    expect(await keyOf(one)).toBe(await keyOf(other));
  });

  test("the name by which the model was asked for, and whose task it is, make no difference", async () => {
    const alias = { ...OPUS, requested: "auto" };
    expect(await keyOf({}, alias, { task_id: "other", created_by: "other", batch_id: "b" })).toBe(await keyOf());
    expect(await keyOf()).toMatch(/^[0-9a-f]{64}$/);
  });

  test("whatever the answer depends on makes another key", async () => {
    const keys = await Promise.all([
      keyOf(),
      keyOf({ prompt: "Say hello " }),
      keyOf({ system: "Be brief." }),
      keyOf({ max_output_tokens: 8_191 }),
      keyOf({ max_thinking_budget: 2_000 }),
      keyOf({ output_json: true }),
      keyOf({ output_schema: SCHEMA }),
      keyOf({ output_schema: { type: "object" } }),
      keyOf({}, { ...OPUS, model: "claude-sonnet-5" }),
      keyOf({}, LOCAL),
      keyOf({}, { ...LOCAL, endpoint: "other" }),
      keyOf({ temperature: 0.5 }, LOCAL),
      keyOf({ temperature: 0.6 }, LOCAL),
    ]);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("isReusable", () => {
  function endedBy(candidate: number, outcome: DelegationState["outcome"] = "completed"): DelegationState {
    const running = runningState(specOf({}, { candidates: [OPUS, LOCAL] }));
    const attempt = attemptOf({ candidate, status: "completed", outcome, ended_at: T0 });
    return finishedState(withAttempt(running, attempt), { status: "completed", error: null, now: T0 });
  }
  const spec = specOf({}, { candidates: [OPUS, LOCAL] });

  test("a whole answer of the first candidate may stand for another", () => {
    expect(isReusable(spec, endedBy(0))).toBe(true);
  });

  test.each([
    ["a fallback's answer", spec, endedBy(1)],
    ["a truncated answer", spec, endedBy(0, "truncated")],
    ["an answer that is still to come", spec, runningState(spec)],
    ["a failure", spec, { ...endedBy(0), status: "failed" as const }],
    ["work in a repository", { ...spec, candidates: [COPILOT] }, endedBy(0)],
    ["an answer from the cache", { ...spec, cached: { task_id: "s", model: "m" } }, endedBy(0)],
  ])("%s may not", (_what, of, state) => {
    expect(isReusable(of, state)).toBe(false);
  });
});
