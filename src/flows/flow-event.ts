import { z } from "zod";
import { Delegation } from "../delegations/delegation.ts";
import { Flow } from "./flow.ts";
import type { StoredEvents } from "./flow-store.ts";

/** What happened in a flow, before it has its place in the log. */
const FlowEventBody = z.discriminatedUnion("type", [
  z.object({ type: z.literal("step.started"), step: z.string(), task_id: z.string() }),
  z.object({
    type: z.literal("step.completed"),
    step: z.string(),
    task_id: z.string(),
    delegation: Delegation.omit({ prompt: true })
      .extend({ output_truncated: z.boolean() })
      .meta({ description: "The delegation without its prompt, its output cut to 16,384 bytes." }),
  }),
  z.object({ type: z.literal("flow.completed"), status: Flow.shape.status, error: Flow.shape.error }),
]);
type FlowEventBody = z.infer<typeof FlowEventBody>;

/** One entry of a flow's log. `seq` is 1, 2, 3 … without gaps and never changes; `at` is ISO 8601. */
export const FlowEvent = z
  .intersection(z.object({ seq: z.int(), at: z.iso.datetime(), flow_id: z.string() }), FlowEventBody)
  .meta({ id: "FlowEvent" });
export type FlowEvent = { seq: number; at: string; flow_id: string } & FlowEventBody;

/** What is told of a flow besides what its rows say. */
type Told = { flow_id: string; ending: () => Pick<Flow, "status" | "error"> };

/** The events of one stored row, without their places in the log. */
export function flowEvents(stored: StoredEvents, { flow_id, ending }: Told): ({ flow_id: string } & FlowEventBody)[] {
  if (stored.kind === "completed") return [{ flow_id, type: "flow.completed", ...ending() }];
  const { step } = stored;
  const task_id = `${flow_id}.${step}`;
  if (stored.kind === "started") return [{ flow_id, type: "step.started", step, task_id }];
  return [{ flow_id, type: "step.completed", step, task_id, delegation: stored.report }];
}
