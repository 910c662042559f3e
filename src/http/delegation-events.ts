import { z } from "zod";
import type { EventsOutcome } from "../delegations/delegation-rpc.ts";
import { DelegationEvent } from "../delegations/events.ts";
import type { Api } from "./api.ts";
import { absentDelegation, DelegationPath } from "./delegation-path.ts";
import { lastEventId, logAnswer, wantedLogType } from "./event-answer.ts";
import { delegationObject, type HttpContext } from "./http-env.ts";
import type { Operation } from "./operation.ts";
import { integerParameter } from "./query-parameters.ts";
import { batchOf } from "./waiting-task.ts";

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

/** How long a live reader waits for a task that its batch holds back; then its stream ends, and it comes again. */
const STARTED_MS = 25_000;

type LogFormat = "sse" | "ndjson";

export function addDelegationEvents(api: Api): void {
  api.add(events, async ({ context, principal, path: { task_id }, query }) => {
    const type = wantedLogType(context);
    const after = lastEventId(context) ?? query.after ?? 0;
    const object = delegationObject(context.env, principal.workspace, task_id);
    const read = (format: LogFormat) => object.events(after, format);
    const format = type === "text/event-stream" ? "sse" : "ndjson";
    const found = await read(format);
    const outcome = found.kind === "unknown" ? await waitingLog(context, principal.workspace, task_id, format, read) : found;
    if (outcome.kind === "unknown" || outcome.kind === "gone") throw absentDelegation(outcome, task_id);
    return logAnswer(type, outcome.kind === "stream" ? outcome.stream : undefined);
  });
}

/** The log of a task that its batch has not started, or had not when its object was asked: empty, or read once it is started. */
async function waitingLog(
  context: HttpContext,
  workspace: string,
  taskId: string,
  format: LogFormat,
  read: (format: LogFormat) => Promise<EventsOutcome>,
): Promise<EventsOutcome> {
  const batch = await batchOf(context, workspace, taskId);
  const waiting = await batch?.waiting(taskId, format === "sse" ? STARTED_MS : 0);
  if (waiting?.kind === "started") return read(format);
  return waiting?.kind === "waiting" ? { kind: "stream", stream: emptyLog() } : { kind: "unknown" };
}

const emptyLog = (): ReadableStream<Uint8Array> =>
  new ReadableStream({ type: "bytes", start: (controller) => controller.close() });
