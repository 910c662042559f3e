import { describe, expect, test } from "vitest";
import { BudgetMode, ComplexityLevel, TaskType } from "../../../src/client/index.ts";
import { BUDGET_MODES, COMPLEXITIES, TASK_TYPES } from "../../../src/models/task-words.ts";

describe("the words of a selection", () => {
  test("are the server's, all of them", () => {
    expect(Object.values(TaskType)).toEqual(TASK_TYPES);
    expect(Object.values(ComplexityLevel)).toEqual(COMPLEXITIES);
    expect(Object.values(BudgetMode)).toEqual(BUDGET_MODES);
  });
});
