import { estimateComplexity } from "./estimate-complexity.ts";
import type { SelectionAsk } from "./selection.ts";
import { type BudgetMode, type Complexity, DEFAULT_BUDGET_MODE, DEFAULT_TASK_TYPE, type TaskType } from "./task-words.ts";

/** What a caller says of the work, or leaves out. */
type PartialAsk = {
  task_type?: TaskType | undefined;
  complexity?: Complexity | undefined;
  budget_mode?: BudgetMode | undefined;
  prompt?: string | undefined;
};

/**
 * The question with everything that was left out filled in: task type CODE_GENERATION, budget mode BALANCED, and the
 * complexity as the prompt looks, or MEDIUM without a prompt. `complexity_estimated` says that it was not given.
 */
export function completedAsk(ask: PartialAsk): SelectionAsk & { complexity_estimated: boolean } {
  const { task_type = DEFAULT_TASK_TYPE, budget_mode = DEFAULT_BUDGET_MODE, prompt } = ask;
  const complexity = ask.complexity ?? (prompt === undefined ? "MEDIUM" : estimateComplexity(prompt));
  return { task_type, complexity, budget_mode, complexity_estimated: ask.complexity === undefined };
}
