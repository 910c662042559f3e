import { z } from "zod";
import { DelegationInput, TaskId, WebhookUrl } from "../delegations/delegation.ts";

const MAX_FLOW_SECONDS = 86_400;

/** Short enough that `<flow_id>.<step>` is a task's id. */
export const FlowId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$/, "must be 1–80 of A–Z a–z 0–9 . _ : - and begin with a letter or digit")
  .meta({ description: "Unique in the workspace; generated when absent.", example: "release-notes-7" });

/** What every pattern takes. */
export const COMMON = {
  flow_id: FlowId.optional(),
  properties: DelegationInput.shape.properties.meta({ description: "Of every step. At most 32 keys and 16,000 bytes." }),
  parent_task_id: TaskId.nullable().optional(),
  webhook_url: WebhookUrl.optional().meta({
    description: "Is told when the flow has ended, besides the workspace's endpoints. Its steps are told to these only.",
  }),
  deadline: z.int().min(1).max(MAX_FLOW_SECONDS).optional().meta({
    description: "Seconds from acceptance for all of the flow: a step gets what is left. Absent: each step has its own 3,600.",
  }),
  max_cost: DelegationInput.shape.max_cost.meta({
    description:
      "US dollars that all steps together may cost. A step gets what is left, steps that run at once get equal parts of it, and one that does not fit fails as `budget_exceeded`. Models without a known price are refused.",
  }),
};

export const Prompt = DelegationInput.shape.prompt;

/** Who runs a step: the fields of a delegation that say so, all optional. */
export const RoleFields = DelegationInput.omit({
  prompt: true,
  task_id: true,
  parent_task_id: true,
  deadline: true,
  webhook_url: true,
});

/** Who runs a step whose answer has the pattern's own schema. */
export const SchemaRole = RoleFields.omit({ output_schema: true, output_json: true });
