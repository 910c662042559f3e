import { describe, expect, test } from "vitest";
import { totalsOf } from "../../../src/delegations/books/task-books.ts";
import { Delegation } from "../../../src/delegations/delegation.ts";
import { acceptedState, finishedState } from "../../../src/delegations/delegation-state.ts";
import { delegationView, parsedAnswer } from "../../../src/delegations/delegation-view.ts";
import { attemptOf, candidate, candidates, runningState, specOf, T0, usage } from "./delegating.ts";

const priced = (cost_nanos: number | null, cost_max_nanos: number | null, usage_final = true) =>
  attemptOf({ cost_nanos, cost_max_nanos, usage_final, usage: { ...usage(10, 5), cached_input_tokens: 4 } });

describe("totalsOf", () => {
  test("sums usage and cost over all attempts", () => {
    expect(totalsOf([priced(60, 60), priced(40, 1_000, false)])).toEqual({
      usage: { ...usage(20, 10), cached_input_tokens: 8 },
      tokensUsed: 30,
      costNanos: 100,
      costMaxNanos: 1_060,
      usageFinal: false,
    });
  });

  test("is null as soon as one cost is not known: no sum of guesses", () => {
    expect(totalsOf([priced(60, 60), priced(null, null), priced(1, 1)])).toMatchObject({ costNanos: null, costMaxNanos: null });
    expect(totalsOf([priced(60, 60), priced(7, null)])).toMatchObject({ costNanos: 67, costMaxNanos: null });
  });

  test("is zero, and final, before the first attempt", () => {
    expect(totalsOf([])).toEqual({ usage: usage(0, 0), tokensUsed: 0, costNanos: 0, costMaxNanos: 0, usageFinal: true });
  });
});

describe("delegationView", () => {
  test("is a valid Delegation of the API at every stage", () => {
    const spec = specOf({ output_json: true, properties: { team: "core" }, task_type: "TESTING" });
    const running = runningState(spec);
    const done = finishedState(running, { status: "completed", error: null, now: T0 + 9 });
    for (const [state, output] of [
      [acceptedState(spec), null],
      [running, null],
      [done, '{"a":1}'],
    ] as const) {
      const view = delegationView(spec, state, output);
      expect(Delegation.parse(view)).toEqual(view);
    }
  });

  test("shows money in dollars and in nano-dollars", () => {
    const spec = specOf();
    const state = { ...runningState(spec), attempts: [priced(1_500_000_000, 2_000_000_000)] };
    const view = delegationView(spec, state, null);
    expect(view).toMatchObject({ cost: 1.5, cost_nanos: 1_500_000_000, cost_max: 2, cost_max_nanos: 2_000_000_000 });
    expect(view.attempts[0]).toMatchObject({ cost: 1.5, cost_max: 2 });
  });

  test("shows times as UTC, and null what has not happened", () => {
    const view = delegationView(specOf(), acceptedState(specOf()), null);
    expect(view).toMatchObject({ created_at: "2026-11-22T10:00:00.000Z", started_at: null, completed_at: null, outcome: null });
  });

  test("names the model that will answer, then the one that did", () => {
    const spec = specOf({}, { candidates: [candidate({ requested: "claude-opus" }), ...candidates(1)] });
    expect(delegationView(spec, acceptedState(spec), null)).toMatchObject({
      model: "model-1",
      requested_model: "claude-opus",
      provider: "claude",
    });
    const answered = { ...runningState(spec), attempts: [attemptOf({ model: "model-9", provider: "gemini" })] };
    expect(delegationView(spec, answered, null)).toMatchObject({ model: "model-9", provider: "gemini" });
  });

  test("has no model when the vendor is to choose it", () => {
    const spec = specOf({}, { candidates: [candidate({ provider: "copilot", model: "" })] });
    expect(delegationView(spec, acceptedState(spec), null).model).toBeNull();
  });

  test("gives the answer's value only to who asked for JSON", () => {
    const state = finishedState(runningState(specOf()), { status: "completed", error: null, now: T0 });
    const data = (input: Parameters<typeof specOf>[0], output: string | null) =>
      delegationView(specOf(input), state, output).output_data;
    expect(data({}, '{"a":1}')).toBeNull();
    expect(data({ output_json: true }, '{"a":1}')).toEqual({ a: 1 });
    expect(data({ output_schema: { type: "object" } }, '```json\n{"a":1}\n```')).toEqual({ a: 1 });
    expect(data({ output_json: true }, '{"a":')).toBeNull();
    expect(data({ output_json: true }, null)).toBeNull();
  });
});

describe("parsedAnswer", () => {
  test.each([
    ['{"a":1}', { a: 1 }],
    [" [1, 2]\n", [1, 2]],
    ["null", null],
    ['"text"', "text"],
    ['```json\n{"a":1}\n```', { a: 1 }],
    ['```\n{"a":1}\n```\n', { a: 1 }],
    ['\n ```json\n{"a":1}```', { a: 1 }],
    ['```json\r\n{"a":1}\r\n```', { a: 1 }],
    ['```json\n{"a":"```"}\n```', { a: "```" }],
  ])("reads %j", (text, value) => {
    expect(parsedAnswer(text)).toEqual(value);
  });

  test.each(["", "Here you are: {}", "{'a':1}", '{"a":1', '```json\n{"a":1}', "```json\n{}\n```\nDone!", "```", "``````"])(
    "takes %j for no JSON",
    (text) => {
      expect(parsedAnswer(text)).toBeUndefined();
    },
  );

  test("takes what is nested without end for no JSON: nothing could pass it on", () => {
    const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
    expect(parsedAnswer(nested(200))).toBeInstanceOf(Array);
    expect(parsedAnswer(nested(202))).toBeUndefined();
    expect(parsedAnswer(nested(50_000))).toBeUndefined();
  });

  test("is quick to refuse an endless fence", () => {
    const begun = performance.now();
    expect(parsedAnswer(`\`\`\`json\n${" \n".repeat(1_000_000)}x`)).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(20_000);
  });
});
