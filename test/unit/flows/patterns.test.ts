import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FlowInput, rolesOf } from "../../../src/flows/patterns.ts";
import { inputOf, type Played, play, problemsOf } from "./playing.ts";

const threshold = fc.oneof(fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true }));
const inputs: fc.Arbitrary<FlowInput> = fc
  .oneof(
    fc.record({
      pattern: fc.constant("chain"),
      steps: fc
        .integer({ min: 1, max: 6 })
        .map((count) => Array.from({ length: count }, (_, index) => ({ name: `s${index}`, prompt: "x" }))),
    }),
    fc.record({
      pattern: fc.constant("consensus"),
      prompt: fc.constant("x"),
      panel: fc.integer({ min: 2, max: 6 }).map((count) => Array.from({ length: count }, () => ({}))),
      stop_when_agreed: threshold,
    }),
    fc.record({
      pattern: fc.constant("improve"),
      prompt: fc.constant("x"),
      cycles: fc.integer({ min: 1, max: 5 }),
      stop_when_approved: fc.boolean(),
    }),
    fc.record({ pattern: fc.constant("decompose"), prompt: fc.constant("x"), max_tasks: fc.integer({ min: 1, max: 5 }) }),
  )
  .map(inputOf);

/** What a vendor may come up with: right, wrong, strange, or nothing. */
const answers: fc.Arbitrary<Played> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  fc.record({
    status: fc.constantFrom("failed" as const, "cancelled" as const),
    code: fc.constantFrom("invalid_output", "timeout"),
  }),
  {
    weight: 4,
    arbitrary: fc.record({ data: fc.record({ synthesis: fc.string(), agreement: fc.double(), dissent: fc.constant([]) }) }),
  },
  { weight: 4, arbitrary: fc.record({ data: fc.record({ approved: fc.boolean(), feedback: fc.string() }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      data: fc.record({ tasks: fc.array(fc.record({ prompt: fc.constantFrom("p", " ") }), { maxLength: 6 }) }),
    }),
  },
  fc.record({ data: fc.jsonValue() }),
);

const runs = fc.record({
  input: inputs,
  played: fc.array(answers, { minLength: 60, maxLength: 60 }),
  picks: fc.infiniteStream(fc.nat()),
});

describe("whatever the steps answer and in whatever order they end, a flow", () => {
  test("starts no step twice, ends only when none runs, and always ends", () => {
    fc.assert(
      fc.property(runs, ({ input, played, picks }) => {
        const { asks } = play(input, () => played.pop() ?? {}, { pick: (count) => (picks.next().value ?? 0) % count });
        expect(asks.length).toBeLessThanOrEqual(60);
      }),
      { numRuns: 500 },
    );
  });

  test("asks only roles that were admitted, and puts in only outputs of steps that completed", () => {
    fc.assert(
      fc.property(runs, ({ input, played }) => {
        const completed = new Set<string>();
        const roles = rolesOf(input).map(({ name }) => name);
        play(input, ({ name, role, prompt }) => {
          expect(roles).toContain(role);
          for (const piece of prompt) if (typeof piece !== "string") expect(completed).toContain(piece.output_of);
          const answer = played.pop() ?? {};
          if (answer.status === undefined) completed.add(name);
          return answer;
        });
      }),
    );
  });

  test("asks again for what was asked and not started, whatever has ended since", () => {
    fc.assert(
      fc.property(runs, ({ input, played, picks }) => {
        const nat = () => picks.next().value ?? 0;
        const order = { pick: (count: number) => nat() % count, starts: (count: number) => 1 + (nat() % count) };
        const all = play(input, () => ({ data: null }), order);
        expect(all.ending).toEqual(play(input, () => ({ data: null })).ending);
        play(input, () => played.pop() ?? {}, order);
      }),
    );
  });
});

describe("the body of a flow", () => {
  test("names its pattern, and has no field that is not known", () => {
    expect(problemsOf({ pattern: "dance" })).toHaveLength(1);
    expect(problemsOf({ prompt: "x" })).toHaveLength(1);
    for (const body of [
      { pattern: "improve", prompt: "x", callback_url: "https://x.example" },
      { pattern: "consensus", prompt: "x", panel: [{ modle: "x" }, {}] },
      { pattern: "chain", steps: [{ name: "a", prompt: "x", task_id: "t" }] },
      { pattern: "decompose", prompt: "x", planner: { output_json: true } },
    ])
      expect(problemsOf(body)[0]).toContain("Unrecognized key");
  });

  test("has a deadline of at most a day", () => {
    const body = { pattern: "improve", prompt: "x" };
    expect(problemsOf({ ...body, deadline: 86_400, flow_id: "a".repeat(80), properties: { a: 1 }, parent_task_id: "p" })).toEqual(
      [],
    );
    expect(problemsOf({ ...body, deadline: 86_401 })[0]).toMatch(/^deadline: /);
    expect(problemsOf({ ...body, flow_id: "a".repeat(81) })[0]).toMatch(/^flow_id: /);
  });
});
