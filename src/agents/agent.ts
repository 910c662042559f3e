import { z } from "zod";
import { DelegationInput } from "../delegations/delegation.ts";

/** How a role is called. */
export const AgentName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be 1–63 of a–z 0–9 - and begin with a letter or digit")
  .meta({ description: "The name of the role.", example: "coder" });

const { shape } = DelegationInput;

/** What a role says of the tasks that name it; each field as in a delegation. */
export const AgentSettings = z
  .strictObject({
    description: z.string().min(1).max(1_000).optional().meta({ description: "What the role is for; not sent to any model." }),
    provider: shape.provider,
    model: shape.model,
    task_type: shape.task_type,
    complexity: shape.complexity,
    budget_mode: shape.budget_mode,
    system: shape.system,
    temperature: shape.temperature,
    max_output_tokens: shape.max_output_tokens,
    max_thinking_budget: shape.max_thinking_budget,
    output_json: shape.output_json,
    output_schema: shape.output_schema,
    approval: shape.approval,
    timeout: shape.timeout,
    deadline: shape.deadline,
    fallbacks: shape.fallbacks,
    max_attempts: shape.max_attempts,
    cache: shape.cache,
  })
  .meta({
    id: "AgentSettings",
    description:
      "Defaults of the delegations that name the role. What a delegation says itself counts more; its own provider or model replaces both of these.",
  });
export type AgentSettings = z.infer<typeof AgentSettings>;
