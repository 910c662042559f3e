import type { BudgetMode, Complexity, TaskType } from "./task-words.ts";

/**
 * Who does what: for each task type and complexity the model for COST_OPTIMIZED, BALANCED and QUALITY_FOCUSED, by its
 * stable name (see aliases.ts), so that a new generation of models changes no cell. In each block prices never fall to the
 * right or downwards, on any day: at 2,000 tokens in and 1,000 out, claude-haiku costs $0.0007, gemini-1.5-flash $0.0031,
 * gemini-2.0-flash $0.00525 (from 2027-01-01 $0.0105), gpt-4 $0.007, claude-sonnet and gpt-4-turbo $0.014, claude-opus
 * $0.028. The two in the middle trade places in 2027, so no block holds both.
 */
export const SELECTION_TABLE = {
  CODE_GENERATION: {
    LOW: ["claude-haiku", "gpt-4", "gpt-4-turbo"],
    MEDIUM: ["claude-haiku", "gpt-4", "gpt-4-turbo"],
    HIGH: ["gpt-4", "gpt-4-turbo", "claude-opus"],
  },
  CODE_REVIEW: {
    LOW: ["claude-haiku", "gemini-2.0-flash", "claude-sonnet"],
    MEDIUM: ["gemini-1.5-flash", "gemini-2.0-flash", "claude-sonnet"],
    HIGH: ["gemini-2.0-flash", "claude-sonnet", "claude-opus"],
  },
  DEBUGGING: {
    LOW: ["claude-haiku", "gpt-4", "claude-sonnet"],
    MEDIUM: ["claude-haiku", "claude-sonnet", "claude-opus"],
    HIGH: ["gpt-4", "claude-sonnet", "claude-opus"],
  },
  DOCUMENTATION: {
    LOW: ["claude-haiku", "gemini-1.5-flash", "gemini-2.0-flash"],
    MEDIUM: ["claude-haiku", "gemini-2.0-flash", "claude-sonnet"],
    HIGH: ["gemini-1.5-flash", "gemini-2.0-flash", "claude-opus"],
  },
  ARCHITECTURE: {
    LOW: ["claude-haiku", "claude-sonnet", "claude-opus"],
    MEDIUM: ["gpt-4", "claude-sonnet", "claude-opus"],
    HIGH: ["claude-sonnet", "claude-opus", "claude-opus"],
  },
  TESTING: {
    LOW: ["claude-haiku", "gemini-1.5-flash", "gpt-4"],
    MEDIUM: ["claude-haiku", "gpt-4", "gpt-4-turbo"],
    HIGH: ["gpt-4", "gpt-4-turbo", "claude-opus"],
  },
  REFACTORING: {
    LOW: ["claude-haiku", "gpt-4", "claude-sonnet"],
    MEDIUM: ["claude-haiku", "gpt-4", "claude-sonnet"],
    HIGH: ["gpt-4", "claude-sonnet", "claude-opus"],
  },
} as const satisfies { readonly [type in TaskType]: { readonly [level in Complexity]: readonly [string, string, string] } };

const LEVEL: { readonly [level in Complexity]: string } = { LOW: "Simple", MEDIUM: "Moderate", HIGH: "Complex" };
const WORK: { readonly [type in TaskType]: string } = {
  CODE_GENERATION: "code generation",
  CODE_REVIEW: "code review",
  DEBUGGING: "debugging",
  DOCUMENTATION: "documentation",
  ARCHITECTURE: "architecture",
  TESTING: "test writing",
  REFACTORING: "refactoring",
};
const AIM: { readonly [mode in BudgetMode]: string } = {
  COST_OPTIMIZED: "at the lowest cost that will do",
  BALANCED: "with cost and capability in balance",
  QUALITY_FOCUSED: "with quality first",
};
/** What speaks for each model that can be chosen, its peers included. */
const MERIT: { readonly [name: string]: string } = {
  "claude-haiku": "Anthropic's fastest, and none costs less",
  "gpt-6-luna": "OpenAI's cheapest",
  "gemini-1.5-flash": "Google's cheapest, and reads long input well",
  "gemini-2.0-flash": "fast on long input at a middling price",
  "gpt-4": "OpenAI's everyday model for code",
  "gpt-4-turbo": "OpenAI's flagship for long, many-step work on code",
  "claude-sonnet": "thorough over code at half the price of claude-opus",
  "gemini-1.5-pro": "Google's most capable",
  "claude-opus": "the most capable of the stable names",
};

/** Why a cell names this model, in one sentence. `name` is a stable name, `model` the vendor's id behind it. */
export function selectionReason(
  cell: { task_type: TaskType; complexity: Complexity; budget_mode: BudgetMode },
  name: string,
  model: string,
): string {
  const { task_type, complexity, budget_mode } = cell;
  const merit = Object.hasOwn(MERIT, name) ? `, ${MERIT[name]}` : "";
  return `${LEVEL[complexity]} ${WORK[task_type]} ${AIM[budget_mode]}: ${model}${merit}.`;
}
