import type { EventsOutcome } from "../delegations/delegation-rpc.ts";
import { DelegationEvent } from "../delegations/events.ts";
import type { Api } from "./api.ts";
import { absentDelegation, DelegationPath } from "./delegation-path.ts";
import { answerLog, logOperation } from "./event-log.ts";
import { delegationObject, type HttpContext } from "./http-env.ts";
import type { Operation } from "./operation.ts";
import { batchOf } from "./waiting-task.ts";

const events = {
  method: "get",
  path: "/v1/delegations/{task_id}/events",
  id: "listDelegationEvents",
  tag: "Delegations",
  scope: "read",
  summary: "The event log of a delegation",
  pathSchema: DelegationPath,
  ...logOperation(DelegationEvent, "DelegationEventList", "thread.completed"),
  errors: ["not_found", "gone"],
} as const satisfies Operation;

/** How long a live reader waits for a task that its batch holds back; then its stream ends, and it comes again. */
const STARTED_MS = 25_000;

type LogFormat = "sse" | "ndjson";

export function addDelegationEvents(api: Api): void {
  api.add(events, ({ context, principal, path: { task_id }, query }) =>
    answerLog(context, query, async (after, format) => {
      const object = delegationObject(context.env, principal.workspace, task_id);
      const read = (as: LogFormat) => object.events(after, as);
      const found = await read(format);
      const outcome = found.kind === "unknown" ? await waitingLog(context, principal.workspace, task_id, format, read) : found;
      if (outcome.kind === "unknown" || outcome.kind === "gone") throw absentDelegation(outcome, task_id);
      return outcome;
    }),
  );
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
