import { z } from "zod";

export const TASK_TYPES = [
  "CODE_GENERATION",
  "CODE_REVIEW",
  "DEBUGGING",
  "DOCUMENTATION",
  "ARCHITECTURE",
  "TESTING",
  "REFACTORING",
] as const;
export const COMPLEXITIES = ["LOW", "MEDIUM", "HIGH"] as const;
export const BUDGET_MODES = ["COST_OPTIMIZED", "BALANCED", "QUALITY_FOCUSED"] as const;

export type TaskType = (typeof TASK_TYPES)[number];
export type Complexity = (typeof COMPLEXITIES)[number];
export type BudgetMode = (typeof BUDGET_MODES)[number];

/** What is meant when nothing is said. */
export const DEFAULT_TASK_TYPE: TaskType = "CODE_GENERATION";
export const DEFAULT_BUDGET_MODE: BudgetMode = "BALANCED";

/**
 * The words that htmlgraph's own `select_model` takes (src/python/htmlgraph/orchestration/model_selection.py at 59ff7f5),
 * each as the word here that means the nearest: there `exploration` is reading and research, `quality` is linting and
 * formatting, and `general` is the default.
 */
const TASK_TYPE_ALIASES = {
  exploration: "CODE_REVIEW",
  debugging: "DEBUGGING",
  implementation: "CODE_GENERATION",
  quality: "REFACTORING",
  general: DEFAULT_TASK_TYPE,
} as const satisfies { readonly [alias: string]: TaskType };
const COMPLEXITY_ALIASES = { low: "LOW", medium: "MEDIUM", high: "HIGH" } as const;
const BUDGET_MODE_ALIASES = { free: "COST_OPTIMIZED", balanced: "BALANCED", quality: "QUALITY_FOCUSED" } as const;

type Aliases<W extends string> = { readonly [alias: string]: W };

/** One of `words`, or an alias of one, which is read as the word; anything else is refused with all that is allowed. */
const oneOf = <W extends string>(words: readonly W[], aliases: Aliases<W>) =>
  z.enum([...words, ...Object.keys(aliases)]).transform((given) => aliases[given] ?? (given as W));

const explained = (aliases: Aliases<string>): string =>
  `Aliases: ${Object.entries(aliases)
    .map(([alias, word]) => `\`${alias}\` is ${word}`)
    .join(", ")}.`;

/** A task type as a caller may write it. */
export const TaskTypeWord = oneOf(TASK_TYPES, TASK_TYPE_ALIASES).meta({
  description: `What kind of work it is; ${DEFAULT_TASK_TYPE} when a model is to be chosen without it. ${explained(TASK_TYPE_ALIASES)}`,
});
/** A complexity as a caller may write it. */
export const ComplexityWord = oneOf(COMPLEXITIES, COMPLEXITY_ALIASES).meta({
  description: `How hard it is; estimated from the prompt when a model is to be chosen without it. ${explained(COMPLEXITY_ALIASES)}`,
});
/** A budget mode as a caller may write it. */
export const BudgetModeWord = oneOf(BUDGET_MODES, BUDGET_MODE_ALIASES).meta({
  description: `What matters more, cost or capability; ${DEFAULT_BUDGET_MODE} when a model is to be chosen without it. ${explained(BUDGET_MODE_ALIASES)}`,
});
