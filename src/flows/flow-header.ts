import { preview } from "../db/save-delegation.ts";
import type { FlowSpec } from "./flow-rpc.ts";
import type { FlowHeader } from "./flow-store.ts";
import { calledOf } from "./patterns.ts";

/** What a flow keeps of its input for good: nothing that is long. */
export function headerOf({ input, roles, ...rest }: FlowSpec): FlowHeader {
  const prompt = "prompt" in input ? input.prompt : input.input;
  const called = calledOf(input);
  return {
    ...rest,
    pattern: input.pattern,
    ...(called !== undefined && { called }),
    deadline: input.deadline ?? null,
    ...(input.max_cost !== undefined && { max_cost: input.max_cost }),
    parent_task_id: input.parent_task_id ?? null,
    properties: input.properties ?? {},
    prompt_preview: preview(prompt ?? null),
    ...(input.webhook_url !== undefined && { webhook_url: input.webhook_url }),
  };
}
