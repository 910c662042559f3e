import { BatchEvent } from "../batches/batch-event.ts";
import type { Api } from "./api.ts";
import { BatchPath } from "./batch-path.ts";
import { absent } from "./creation.ts";
import { answerLog, logOperation } from "./event-log.ts";
import { batchObject } from "./http-env.ts";
import type { Operation } from "./operation.ts";

const events = {
  method: "get",
  path: "/v1/batches/{batch_id}/events",
  id: "listBatchEvents",
  tag: "Batches",
  scope: "read",
  summary: "Each result of a batch as it completes",
  pathSchema: BatchPath,
  ...logOperation(BatchEvent, "BatchEventList", "batch.completed"),
  errors: ["not_found", "gone"],
} as const satisfies Operation;

export function addBatchEvents(api: Api): void {
  api.add(events, ({ context, principal, path: { batch_id }, query }) =>
    answerLog(context, query, async (after, format) => {
      const outcome = await batchObject(context.env, principal.workspace, batch_id).events(after, format);
      if (outcome.kind === "unknown" || outcome.kind === "gone") throw absent(outcome, "batch", batch_id);
      return outcome;
    }),
  );
}
