import { checkInputSizes, checkSpecSize } from "../delegations/admission/input-sizes.ts";
import type { DelegationSpec } from "../delegations/delegation-rpc.ts";
import { AppError } from "../errors.ts";
import type { FlowHeader } from "./flow-store.ts";
import { taskIdOf } from "./flow-view.ts";
import type { FlowFailure, StepAsk } from "./pattern.ts";

/**
 * The delegation that a step is: the role as it was admitted, with the step's own prompt and what is left of the flow's time.
 * A failure when there is none left, or the prompt is empty or over the limits.
 */
export function stepSpec(
  header: FlowHeader,
  role: DelegationSpec,
  { name, properties, output_schema }: StepAsk,
  prompt: string,
  now: number,
): DelegationSpec | FlowFailure {
  if (!/\S/.test(prompt))
    return {
      code: "prompt_empty",
      message: `The step ${name} cannot be asked: what its prompt is made of is empty.`,
      step: name,
    };
  const { deadline } = header;
  const left = deadline === null ? null : Math.ceil((header.created_at + deadline * 1_000 - now) / 1_000);
  if (left !== null && left < 1)
    return { code: "deadline_exceeded", message: `The deadline of ${deadline} s was over before the step ${name}.`, step: name };
  const input = {
    ...role.input,
    prompt,
    ...(left !== null && { deadline: left }),
    ...(output_schema && { output_schema }),
    ...(properties && { properties: { ...role.input.properties, ...properties } }),
  };
  const spec: DelegationSpec = {
    ...role,
    task_id: taskIdOf(header.flow_id, name),
    input,
    created_at: now,
    flow: { id: header.flow_id, step: name },
    listeners: [{ kind: "flow", id: header.flow_id }],
  };
  try {
    checkInputSizes(input);
    checkSpecSize(spec);
    return spec;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { code: "prompt_too_large", message: `The step ${name} cannot be asked. ${error.message}`, step: name };
  }
}
