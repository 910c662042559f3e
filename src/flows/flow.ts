import { z } from "zod";
import { Delegation } from "../delegations/delegation.ts";
import { TaskResult } from "../delegations/task-result.ts";
import { FLOW_FAILURES } from "../errors.ts";
import { PATTERN_NAMES } from "./patterns.ts";

export const FLOW_STATUSES = ["in-progress", "completed", "failed", "cancelled"] as const;

const Time = z.iso.datetime();

const FlowStep = TaskResult.extend({
  name: z.string(),
  task_id: z.string().meta({ description: "`<flow_id>.<name>`" }),
  called: z
    .string()
    .nullable()
    .meta({ description: "Of a member of a consensus: what the judge and the `dissent` call it. Else null." }),
}).meta({ id: "FlowStep" });
export type FlowStep = z.infer<typeof FlowStep>;

const FlowError = z
  .object({
    code: z.enum(FLOW_FAILURES),
    message: z.string(),
    step: z.string().nullable().meta({ description: "The step at fault; null when it is none of them." }),
  })
  .meta({ id: "FlowError" });

/** A flow without its texts and steps, as lists show it. */
export const FlowSummary = z
  .object({
    flow_id: z.string(),
    pattern: z.enum(PATTERN_NAMES),
    status: z.enum(FLOW_STATUSES),
    created_at: Time,
    completed_at: Time.nullable(),
    created_by: z.string(),
    step_count: z.int().meta({ description: "How many steps were started so far." }),
    steps_ended: z.int(),
    tokens_used: z.int(),
    cost: z.number().nullable().meta({ description: "US dollars; null = not known." }),
    cost_nanos: z.int().nullable().meta({ description: "Nano-dollars, exact; null = not known." }),
    error: FlowError.omit({ step: true }).nullable(),
  })
  .meta({ id: "FlowSummary" });
export type FlowSummary = z.infer<typeof FlowSummary>;

/** A flow as the API shows it. */
export const Flow = FlowSummary.omit({ step_count: true, steps_ended: true })
  .extend({
    prompt_preview: z
      .string()
      .nullable()
      .meta({ description: "The first 2,000 characters of the prompt, or of a chain's input." }),
    properties: Delegation.shape.properties,
    parent_task_id: z.string().nullable(),
    deadline: z.int().nullable(),
    output: z.string().nullable().meta({ description: "The whole answer; null until the flow is completed." }),
    output_data: Delegation.shape.output_data.meta({
      description:
        "Of a consensus: `{synthesis, agreement, dissent: [{member, point}]}`, with `stop_when_agreed` also `members_asked` and `members_saved`. Of the others: that of the step that has the answer.",
    }),
    steps: z.array(FlowStep).meta({ description: "Those that were started, in this order." }),
    error: FlowError.nullable(),
  })
  .meta({ id: "Flow" });
export type Flow = z.infer<typeof Flow>;
export type FlowStatus = Flow["status"];
