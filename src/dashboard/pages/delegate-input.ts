import type { DelegateInput } from "../../client/delegation-record.ts";
import type { BUDGET_MODES, COMPLEXITIES, TASK_TYPES } from "../../models/task-words.ts";

const APPROVALS = ["auto", "manual", "never"] as const;

/**
 * What the form delegates. Fields that were left empty are not sent, so that the agent's own count; what is wrong with the others
 * is the API's to say.
 */
export function delegateInput(form: URLSearchParams): DelegateInput {
  const text = (name: string) => form.get(name)?.trim() || undefined;
  const dollars = text("max_cost");
  const fallbacks = text("fallbacks") === "auto" ? ("auto" as const) : undefined;
  const given = {
    // Browsers send a text's line ends as CR LF.
    prompt: (form.get("prompt") ?? "").replaceAll("\r\n", "\n"),
    taskId: text("task_id") ?? text("once"),
    agent: text("agent"),
    provider: text("provider") as DelegateInput["provider"],
    model: text("model"),
    approval: text("approval") as (typeof APPROVALS)[number] | undefined,
    taskType: text("task_type") as (typeof TASK_TYPES)[number] | undefined,
    complexity: text("complexity") as (typeof COMPLEXITIES)[number] | undefined,
    budgetMode: text("budget_mode") as (typeof BUDGET_MODES)[number] | undefined,
    maxCost: dollars === undefined ? undefined : Number(dollars),
    fallbacks,
  };
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as DelegateInput;
}
