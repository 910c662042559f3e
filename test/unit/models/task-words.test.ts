import { describe, expect, test } from "vitest";
import { completedAsk } from "../../../src/models/selection-ask.ts";
import {
  BUDGET_MODES,
  BudgetModeWord,
  COMPLEXITIES,
  ComplexityWord,
  TASK_TYPES,
  TaskTypeWord,
} from "../../../src/models/task-words.ts";

describe("the words for a task", () => {
  test.each([
    [TaskTypeWord, TASK_TYPES],
    [ComplexityWord, COMPLEXITIES],
    [BudgetModeWord, BUDGET_MODES],
  ] as const)("are taken as they are", (schema, words) => {
    for (const word of words) expect(schema.parse(word)).toBe(word);
  });

  test.each([
    [TaskTypeWord, "exploration", "CODE_REVIEW"],
    [TaskTypeWord, "debugging", "DEBUGGING"],
    [TaskTypeWord, "implementation", "CODE_GENERATION"],
    [TaskTypeWord, "quality", "REFACTORING"],
    [TaskTypeWord, "general", "CODE_GENERATION"],
    [ComplexityWord, "low", "LOW"],
    [ComplexityWord, "medium", "MEDIUM"],
    [ComplexityWord, "high", "HIGH"],
    [BudgetModeWord, "free", "COST_OPTIMIZED"],
    [BudgetModeWord, "balanced", "BALANCED"],
    [BudgetModeWord, "quality", "QUALITY_FOCUSED"],
  ] as const)("have the original's as aliases, which the description names", (schema, alias, word) => {
    expect(schema.parse(alias)).toBe(word);
    expect(schema.meta()?.description).toContain(`\`${alias}\` is ${word}`);
  });

  test.each([
    [TaskTypeWord, TASK_TYPES],
    [ComplexityWord, COMPLEXITIES],
    [BudgetModeWord, BUDGET_MODES],
  ] as const)("are refused when unknown, naming what is allowed", (schema, words) => {
    for (const unknown of ["", "Debugging", "FREE ", "constructor", "__proto__", null, 3]) {
      const { error } = schema.safeParse(unknown);
      for (const word of words) expect(error?.issues[0]?.message).toContain(word);
    }
  });
});

describe("completedAsk", () => {
  test("keeps all that was said", () => {
    const ask = { task_type: "TESTING", complexity: "LOW", budget_mode: "COST_OPTIMIZED" } as const;
    expect(completedAsk({ ...ask, prompt: "Design a distributed consensus algorithm" })).toEqual({
      ...ask,
      complexity_estimated: false,
    });
  });

  test("assumes balanced code generation, as complex as the prompt looks", () => {
    expect(completedAsk({ prompt: "Fix the deadlock" })).toEqual({
      task_type: "CODE_GENERATION",
      complexity: "MEDIUM",
      budget_mode: "BALANCED",
      complexity_estimated: true,
    });
    expect(completedAsk({ prompt: "Say hello" }).complexity).toBe("LOW");
  });

  test("assumes moderate work without a prompt", () => {
    expect(completedAsk({})).toMatchObject({ complexity: "MEDIUM", complexity_estimated: true });
  });
});
