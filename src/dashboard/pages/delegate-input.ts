import type { DelegateInput } from "../../client/delegation-record.ts";

/**
 * What the form delegates. Fields that were left empty are not sent, so that the agent's own count; what is wrong with the others
 * is the API's to say.
 */
export function delegateInput(form: URLSearchParams): DelegateInput {
  const text = (name: string) => form.get(name)?.trim() || undefined;
  const dollars = text("max_cost");
  const given = {
    // Browsers send a text's line ends as CR LF.
    prompt: (form.get("prompt") ?? "").replaceAll("\r\n", "\n"),
    taskId: text("task_id") ?? text("once"),
    agent: text("agent"),
    provider: text("provider"),
    model: text("model"),
    approval: text("approval"),
    taskType: text("task_type"),
    complexity: text("complexity"),
    budgetMode: text("budget_mode"),
    maxCost: dollars === undefined ? undefined : Number(dollars),
    fallbacks: text("fallbacks"),
  };
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as DelegateInput;
}
