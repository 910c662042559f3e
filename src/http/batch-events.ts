import { z } from "zod";
import { BatchEvent } from "../batches/batch-event.ts";
import type { Api } from "./api.ts";
import { absentBatch, BatchPath } from "./batch-path.ts";
import { lastEventId, logAnswer, wantedLogType } from "./event-answer.ts";
import { batchObject } from "./http-env.ts";
import type { Operation } from "./operation.ts";
import { integerParameter } from "./query-parameters.ts";

const events = {
  method: "get",
  path: "/v1/batches/{batch_id}/events",
  id: "listBatchEvents",
  tag: "Batches",
  scope: "read",
  summary: "Each result of a batch as it completes",
  description:
    "`Accept: text/event-stream` follows it live until `batch.completed` (`id:` is `seq`; a reconnect with `Last-Event-ID` goes on after it, and 204 says that nothing more will come); `application/x-ndjson` gives what there is now, a line each; anything else the same as one JSON object.",
  pathSchema: BatchPath,
  querySchema: z.strictObject({
    after: integerParameter(0, Number.MAX_SAFE_INTEGER, "Only events whose `seq` is greater.").optional(),
  }),
  headers: { "Last-Event-ID": "As `after`, and before it; sent by browsers when they reconnect." },
  successes: {
    200: {
      description: "The events.",
      schema: z.object({ data: z.array(BatchEvent) }).meta({ id: "BatchEventList" }),
      mediaTypes: ["application/json", "text/event-stream", "application/x-ndjson"],
    },
    204: { description: "With `text/event-stream`: the log has ended and the caller has seen its end." },
  },
  errors: ["not_found", "gone"],
} as const satisfies Operation;

export function addBatchEvents(api: Api): void {
  api.add(events, async ({ context, principal, path: { batch_id }, query }) => {
    const type = wantedLogType(context);
    const after = lastEventId(context) ?? query.after ?? 0;
    const object = batchObject(context.env, principal.workspace, batch_id);
    const outcome = await object.events(after, type === "text/event-stream" ? "sse" : "ndjson");
    if (outcome.kind === "unknown" || outcome.kind === "gone") throw absentBatch(outcome, batch_id);
    return logAnswer(type, outcome.kind === "stream" ? outcome.stream : undefined);
  });
}
