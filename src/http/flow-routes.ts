import { z } from "zod";
import { Flow } from "../flows/flow.ts";
import { FlowEvent } from "../flows/flow-event.ts";
import { FlowInput } from "../flows/patterns.ts";
import type { Api } from "./api.ts";
import { absent } from "./creation.ts";
import { answerLog, logOperation } from "./event-log.ts";
import { FLOW_EXAMPLE } from "./flow-example.ts";
import { FlowPath } from "./flow-path.ts";
import { startFlow } from "./flow-start.ts";
import { flowObject } from "./http-env.ts";
import type { Operation } from "./operation.ts";
import { integerParameter } from "./query-parameters.ts";

const TAG = "Flows";
const MAX_WAIT_SECONDS = 55;

const answer = (description: string) => ({ description, schema: Flow, example: FLOW_EXAMPLE });
const headers = { Location: "The flow's address." };

const create = {
  method: "post",
  path: "/v1/flows",
  id: "createFlow",
  tag: TAG,
  scope: "delegate",
  summary: "Start several delegations that follow from one another",
  description:
    "Everybody who may be asked is checked before anything starts. Each step is a delegation of its own, `<flow_id>.<step>`, started when those it needs have ended.",
  bodySchema: FlowInput,
  bodyExample: {
    pattern: "improve",
    prompt: "Write the README of a rate limiter.",
    cycles: 2,
    author: { model: "claude-opus" },
    reviewer: { model: "gemini-2.0-flash" },
    stop_when_approved: true,
  },
  headers: {
    "Idempotency-Key":
      "1–255 printable ASCII characters. Without a flow_id the id is derived from it: sent again with the same body it answers the same flow.",
  },
  successes: {
    202: { ...answer("Accepted: it runs."), headers },
    200: { ...answer("Known already: the same id with the same body."), headers },
  },
  errors: ["provider_not_configured", "conflict", "gone", "idempotency_mismatch"],
} as const satisfies Operation;

const read = {
  method: "get",
  path: "/v1/flows/{flow_id}",
  id: "getFlow",
  tag: TAG,
  scope: "read",
  summary: "Read a flow, now or when it has ended",
  pathSchema: FlowPath,
  querySchema: z.strictObject({
    wait: integerParameter(
      0,
      MAX_WAIT_SECONDS,
      "Hold the answer until the flow has ended, for at most so many seconds.",
    ).optional(),
  }),
  successes: { 200: answer("The flow.") },
  errors: ["not_found", "gone"],
} as const satisfies Operation;

const cancel = {
  method: "post",
  path: "/v1/flows/{flow_id}/cancel",
  id: "cancelFlow",
  tag: TAG,
  scope: "delegate",
  summary: "Cancel a flow and what runs of it",
  description:
    "Answers when its steps have ended, after 20 seconds at the latest; it goes on in any case. A flow that has ended stays as it is, and cancelling twice is no error.",
  pathSchema: FlowPath,
  successes: { 200: answer("Nothing of it is started any more.") },
  errors: ["not_found", "gone"],
} as const satisfies Operation;

const events = {
  method: "get",
  path: "/v1/flows/{flow_id}/events",
  id: "listFlowEvents",
  tag: TAG,
  scope: "read",
  summary: "Each step of a flow as it starts and ends",
  pathSchema: FlowPath,
  ...logOperation(FlowEvent, "FlowEventList", "flow.completed"),
  errors: ["not_found", "gone"],
} as const satisfies Operation;

/** Everything about one flow. */
export function addFlowRoutes(api: Api): void {
  api.add(create, startFlow);
  api.add(read, async ({ context, principal, path: { flow_id }, query }) => {
    const outcome = await flowObject(context.env, principal.workspace, flow_id).read((query.wait ?? 0) * 1_000);
    if (outcome.kind === "unknown" || outcome.kind === "gone") throw absent(outcome, "flow", flow_id);
    return context.json(outcome.flow);
  });
  api.add(cancel, async ({ context, principal, path: { flow_id } }) => {
    const outcome = await flowObject(context.env, principal.workspace, flow_id).cancel(principal.key);
    if (outcome.kind === "unknown" || outcome.kind === "gone") throw absent(outcome, "flow", flow_id);
    return context.json(outcome.flow);
  });
  api.add(events, ({ context, principal, path: { flow_id }, query }) =>
    answerLog(context, query, async (after, format) => {
      const outcome = await flowObject(context.env, principal.workspace, flow_id).events(after, format);
      if (outcome.kind === "unknown" || outcome.kind === "gone") throw absent(outcome, "flow", flow_id);
      return outcome;
    }),
  );
}
