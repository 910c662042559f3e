import { type AdmissionContext, admit } from "../delegations/admission/admission.ts";
import { Refusals } from "../delegations/admission/refusals.ts";
import { type DelegationInput, LIMITS } from "../delegations/delegation.ts";
import type { DelegationSpec } from "../delegations/delegation-rpc.ts";
import { AppError } from "../errors.ts";
import { utf8Length } from "../lib/utf8.ts";
import { checkWebhookUrl } from "../webhooks/webhook-url.ts";
import { taskIdOf } from "./flow-view.ts";
import type { Role } from "./pattern.ts";
import { type FlowInput, rolesOf } from "./patterns.ts";

export type FlowAdmissionContext = Omit<AdmissionContext, "taskId" | "appliedAgent"> & { flowId: string };

/**
 * Everybody who may be asked in the flow, by role, as they will run; their prompts are left out. Throws AppError that names
 * every one at fault (`steps.1.model`, `panel.0.model`, `judge.provider`): all that `admit` refuses.
 */
export function admitFlow(input: FlowInput, context: FlowAdmissionContext): { [role: string]: DelegationSpec } {
  checkPrompt(input);
  checkWebhookUrl(input.webhook_url, context.config);
  const refusals = new Refusals();
  const specs = rolesOf(input).flatMap((role) => {
    const taskId = taskIdOf(context.flowId, role.name);
    const spec = refusals.taking(role.path, () => admitRole(bodyOf(role, input), role, { ...context, taskId }));
    return spec === undefined ? [] : [[role.name, { ...spec, input: { ...spec.input, prompt: "" } }] as const];
  });
  refusals.throwIfAny("flow");
  return Object.fromEntries(specs);
}

function bodyOf({ body }: Role, { properties, parent_task_id, deadline }: FlowInput): DelegationInput {
  return {
    ...body,
    ...(parent_task_id !== undefined && { parent_task_id }),
    ...(deadline !== undefined && { deadline }),
    ...(properties && { properties: { ...properties, ...body.properties } }),
  };
}

/** Who cannot answer by the pattern's own schema is the wrong one to ask: the caller did not name a schema. */
function admitRole(body: DelegationInput, { answersBySchema }: Role, context: AdmissionContext): DelegationSpec {
  try {
    return admit(body, context);
  } catch (error) {
    if (!answersBySchema || !(error instanceof AppError) || error.fields[0]?.path !== "output_schema") throw error;
    const message = `cannot have this role, which answers by a schema: ${error.message}`;
    throw new AppError(error.code, message, [{ path: "provider", message }]);
  }
}

/** It is part of every role's body: one refusal is enough. */
function checkPrompt(input: FlowInput): void {
  const [path, text = ""] = "prompt" in input ? ["prompt", input.prompt] : ["input", input.input];
  const bytes = utf8Length(text);
  if (bytes <= LIMITS.prompt) return;
  const [most, actual] = [LIMITS.prompt, bytes].map((count) => count.toLocaleString("en-US"));
  const message = `must be at most ${most} bytes of UTF-8, it has ${actual}`;
  throw new AppError("payload_too_large", `Too large: ${path} ${message}.`, [{ path, message }]);
}
