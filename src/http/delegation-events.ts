import { z } from "zod";
import { DelegationEvent } from "../delegations/events.ts";
import type { Api } from "./api.ts";
import { absentDelegation, DelegationPath } from "./delegation-path.ts";
import { lastEventId, logAnswer, wantedLogType } from "./event-answer.ts";
import { delegationObject } from "./http-env.ts";
import type { Operation } from "./operation.ts";
import { integerParameter } from "./query-parameters.ts";

const events = {
  method: "get",
  path: "/v1/delegations/{task_id}/events",
  id: "listDelegationEvents",
  tag: "Delegations",
  scope: "read",
  summary: "The event log of a delegation",
  description:
    "`Accept: text/event-stream` follows it live until `thread.completed` (`id:` is `seq`; a reconnect with `Last-Event-ID` goes on after it, and 204 says that nothing more will come); `application/x-ndjson` gives what there is now, a line each; anything else the same as one JSON object.",
  pathSchema: DelegationPath,
  querySchema: z.strictObject({
    after: integerParameter(0, Number.MAX_SAFE_INTEGER, "Only events whose `seq` is greater.").optional(),
  }),
  headers: { "Last-Event-ID": "As `after`, and before it; sent by browsers when they reconnect." },
  successes: {
    200: {
      description: "The events.",
      schema: z.object({ data: z.array(DelegationEvent) }).meta({ id: "DelegationEventList" }),
      mediaTypes: ["application/json", "application/x-ndjson", "text/event-stream"],
    },
    204: { description: "With `text/event-stream`: the log has ended and the caller has seen its end." },
  },
  errors: ["not_found", "gone"],
} as const satisfies Operation;

export function addDelegationEvents(api: Api): void {
  api.add(events, async ({ context, principal, path: { task_id }, query }) => {
    const type = wantedLogType(context);
    const after = lastEventId(context) ?? query.after ?? 0;
    const object = delegationObject(context.env, principal.workspace, task_id);
    const outcome = await object.events(after, type === "text/event-stream" ? "sse" : "ndjson");
    if (outcome.kind === "unknown" || outcome.kind === "gone") throw absentDelegation(outcome, task_id);
    return logAnswer(type, outcome.kind === "stream" ? outcome.stream : undefined);
  });
}
