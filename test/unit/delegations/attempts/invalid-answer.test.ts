import { describe, expect, test } from "vitest";
import { invalidAnswer } from "../../../../src/delegations/attempts/invalid-answer.ts";
import { repairPrompt } from "../../../../src/delegations/attempts/repair-prompt.ts";
import type { ProviderRequest } from "../../../../src/providers/provider.ts";

const SCHEMA: ProviderRequest["output"] = {
  format: "schema",
  schema: { type: "object", properties: { a: { type: "integer" } }, required: ["a"] },
};

describe("invalidAnswer", () => {
  const fits: [string, ProviderRequest["output"]][] = [
    ["anything", { format: "text" }],
    ["[1]", { format: "json" }],
    ['["1e400", 1e300, 1e-400]', { format: "json" }],
    ['```json\n{"a":1}\n```', SCHEMA],
  ];

  test.each(fits)("finds nothing wrong with %j for %j", (answer, output) => {
    expect(invalidAnswer(answer, output)).toBeUndefined();
  });

  test.each([
    ["", { format: "json" } as const, "not valid JSON"],
    ['Here: {"a":1}', SCHEMA, "not valid JSON"],
    ['{"a":1e400}', SCHEMA, "not valid JSON"],
    ["[[-1E+999]]", { format: "json" } as const, "not valid JSON"],
    ['{"a":"1"}', SCHEMA, "does not fit output_schema: /a: "],
    ["{}", SCHEMA, "does not fit output_schema: "],
  ])("says what is wrong with %j for %j", (answer, output, problem) => {
    expect(invalidAnswer(answer, output)).toEqual({ answer, isCut: false, problem: expect.stringContaining(problem) });
  });

  test("keeps so much of a long answer as fits a row with the rest of the state", () => {
    const invalid = invalidAnswer("x".repeat(3_000_000), SCHEMA);
    expect(invalid).toMatchObject({ isCut: true });
    expect(invalid?.answer).toHaveLength(50_000);
    expect(invalidAnswer("x".repeat(50_000), SCHEMA)?.isCut).toBe(false);
  });
});

describe("repairPrompt", () => {
  test("has the prompt first, then the answer and what was wrong with it", () => {
    const prompt = repairPrompt("Count to three.", { answer: "[1,2", isCut: false, problem: "It is not JSON." });
    expect(prompt).toMatch(/^Count to three\.\n.*\n\[1,2\n.*It is not JSON\..*JSON alone/s);
    expect(prompt).not.toContain("left out");
  });

  test("says so when it shows a part of the answer only", () => {
    expect(repairPrompt("p", { answer: "[1,2", isCut: true, problem: "q" })).toContain("[the rest is left out here]");
  });
});
