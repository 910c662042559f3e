import { describe, expect, test } from "vitest";
import { inputOf, play, problemsOf, promptOf } from "./playing.ts";

const chainOf = (steps: { name: string; prompt: string }[], more: object = {}) => inputOf({ pattern: "chain", steps, ...more });

describe("a chain", () => {
  test("asks one step after another, and answers what the last one does", () => {
    const input = chainOf([
      { name: "a", prompt: "first" },
      { name: "b", prompt: "then {{steps.a.output}}" },
      { name: "c", prompt: "{{ steps.a.output }} and {{steps.b.output}}" },
    ]);
    const { ending, asks, atOnce } = play(input, () => ({}));
    expect(ending).toEqual({ status: "completed", step: "c" });
    expect(asks.map(promptOf)).toEqual(["first", "then <a>", "<a> and <b>"]);
    expect(asks.map(({ role }) => role)).toEqual(["a", "b", "c"]);
    expect(atOnce).toBe(1);
  });

  test.each(["failed", "cancelled"] as const)("a step that is %s fails it by name, and nothing follows", (status) => {
    const input = chainOf(["a", "b", "c"].map((name) => ({ name, prompt: name })));
    const { ending, asks } = play(input, ({ name }) => (name === "b" ? { status } : {}));
    expect(ending).toMatchObject({ status: "failed", error: { code: "step_failed", step: "b" } });
    expect(ending.status === "failed" && ending.error.message).toMatch(
      /^The step b (failed|was cancelled): provider_upstream: It broke\.$/,
    );
    expect(asks.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  test("puts the input in as it is: placeholders in it are text", () => {
    const input = chainOf([{ name: "a", prompt: "x {{input}} y {{input}}" }], { input: "{{input}} {{steps.a.output}}" });
    const { asks } = play(input, () => ({}));
    expect(asks.map(promptOf)).toEqual(["x {{input}} {{steps.a.output}} y {{input}} {{steps.a.output}}"]);
  });

  test("leaves other braces alone", () => {
    const prompt = "{{name}} {input} {{ inputs }} {{}} }}{{ {{stepson.x}}";
    expect(play(chainOf([{ name: "a", prompt }]), () => ({})).asks.map(promptOf)).toEqual([prompt]);
  });
});

describe("a chain is refused", () => {
  const refused = (prompt: string, more: object = {}) =>
    problemsOf({
      pattern: "chain",
      steps: [
        { name: "a", prompt: "x" },
        { name: "b", prompt },
        { name: "c", prompt: "y" },
      ],
      ...more,
    });

  test.each([
    ["{{steps.nobody.output}}", "does not name an earlier step"],
    ["{{steps.c.output}}", "does not name an earlier step"],
    ["{{steps.b.output}}", "does not name an earlier step"],
    ["{{steps.a.text}}", "is neither {{input}} nor {{steps.NAME.output}}"],
    ["{{steps.a}}", "is neither {{input}} nor {{steps.NAME.output}}"],
    ["{{steps}}", "is neither {{input}} nor {{steps.NAME.output}}"],
    ["{{input.text}}", "is neither {{input}} nor {{steps.NAME.output}}"],
    ["{{input}}", "is used, and there is no input"],
  ])("for the prompt %s", (placeholder, why) => {
    expect(refused(`x ${placeholder} y`)).toEqual([`steps.1.prompt: ${placeholder} ${why}`]);
  });

  test("for two steps of one name, no step, too many, and a name that is none", () => {
    const step = (name: string) => ({ name, prompt: "x" });
    expect(problemsOf({ pattern: "chain", steps: [step("a"), step("b"), step("a")] })).toEqual([
      "steps.2.name: is the same as that of steps.0",
    ]);
    expect(problemsOf({ pattern: "chain", steps: [] })).toHaveLength(1);
    expect(problemsOf({ pattern: "chain", steps: Array.from({ length: 51 }, (_, index) => step(`s${index}`)) })).toHaveLength(1);
    for (const name of ["A", "-a", "", "a.b", "x".repeat(41)])
      expect(problemsOf({ pattern: "chain", steps: [step(name)] })[0]).toMatch(/^steps\.0\.name: must be 1–40/);
  });
});
