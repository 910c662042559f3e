import { pathOf } from "../client/ask.ts";
import { followLog } from "../client/follow-log.ts";
import { randomKey } from "../client/transport.ts";
import type { Flow } from "../flows/flow.ts";
import type { FlowEvent } from "../flows/flow-event.ts";
import type { Options, Session } from "./command.ts";
import type { Given } from "./given.ts";
import { print } from "./print.ts";
import { exitOf } from "./work.ts";

/** What every flow takes. */
export const FLOW_OPTIONS = {
  "flow-id": { type: "string", value: "ID", help: "the same id with the same input is the same flow" },
  deadline: { type: "string", value: "SECONDS", help: "for all of it" },
  "max-cost": { type: "string", value: "DOLLARS", help: "what all steps together may cost" },
} as const satisfies Options;

/** Starts a flow, tells its steps on the standard error, and prints its output. Gives the exit code. */
export async function runFlow(fields: object, given: Given<keyof typeof FLOW_OPTIONS>, session: Session): Promise<number> {
  const { api, patient, signal, terminal, json } = session;
  const flowId = given.text("flow-id") ?? `cli-${randomKey().slice(0, 20)}`;
  const body = { flow_id: flowId, deadline: given.number("deadline"), max_cost: given.number("max-cost"), ...fields };
  session.leaves({ comeBack: `depute get --wait --flow ${flowId}`, cancel: `depute cancel --flow ${flowId}` });
  await api.json<Flow>({ method: "POST", path: "/v1/flows", body, signal, again: "by key" });
  const path = pathOf("flows", flowId);
  for await (const event of followLog<FlowEvent>(patient, `${path}/events`, ["flow.completed"], { signal }))
    if (!json) terminal.err(stepLine(event));
  const flow = await patient.json<Flow>({ method: "GET", path, signal });
  print(flow, session);
  return exitOf(flow);
}

/** What an event tells of a step; "" when nothing. */
export function stepLine(event: FlowEvent): string {
  if (event.type === "step.started") return `${event.step} …\n`;
  if (event.type === "step.completed") return `${event.step} ${event.delegation.status}\n`;
  return "";
}
