import type { BudgetMode as BudgetWord, Complexity, TaskType as TaskWord } from "../models/task-words.ts";

/** What kind of work it is. */
export const TaskType = {
  CODE_GENERATION: "CODE_GENERATION",
  CODE_REVIEW: "CODE_REVIEW",
  DEBUGGING: "DEBUGGING",
  DOCUMENTATION: "DOCUMENTATION",
  ARCHITECTURE: "ARCHITECTURE",
  TESTING: "TESTING",
  REFACTORING: "REFACTORING",
} as const satisfies { readonly [Word in TaskWord]: Word };
export type TaskType = TaskWord;

/** How hard it is. */
export const ComplexityLevel = { LOW: "LOW", MEDIUM: "MEDIUM", HIGH: "HIGH" } as const satisfies {
  readonly [Word in Complexity]: Word;
};
export type ComplexityLevel = Complexity;

/** What matters more, cost or capability. */
export const BudgetMode = {
  COST_OPTIMIZED: "COST_OPTIMIZED",
  BALANCED: "BALANCED",
  QUALITY_FOCUSED: "QUALITY_FOCUSED",
} as const satisfies { readonly [Word in BudgetWord]: Word };
export type BudgetMode = BudgetWord;
