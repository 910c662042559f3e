import { z } from "zod";
import { Batch, BatchInput } from "../batches/batch.ts";
import type { Api } from "./api.ts";
import { BATCH_EXAMPLE } from "./batch-example.ts";
import { BatchPath } from "./batch-path.ts";
import { startBatch } from "./batch-start.ts";
import { absent } from "./creation.ts";
import { batchObject } from "./http-env.ts";
import type { Operation } from "./operation.ts";
import { integerParameter } from "./query-parameters.ts";

const TAG = "Batches";
const MAX_WAIT_SECONDS = 55;

const answer = (description: string) => ({ description, schema: Batch, example: BATCH_EXAMPLE });
const headers = { Location: "The batch's address." };

const create = {
  method: "post",
  path: "/v1/batches",
  id: "createBatch",
  tag: TAG,
  scope: "delegate",
  summary: "Delegate up to 1,000 prompts at once",
  description: "Every task is checked before any is started. One that fails does not touch the others.",
  bodySchema: BatchInput,
  bodyExample: {
    tasks: [
      { prompt: "Review auth.ts", task_id: "review-auth" },
      { prompt: "Review api.ts", task_id: "review-api" },
    ],
    defaults: { model: "claude-opus", task_type: "CODE_REVIEW" },
    max_concurrency: 50,
  },
  headers: {
    "Idempotency-Key":
      "1–255 printable ASCII characters. Without a batch_id the id is derived from it: sent again with the same body it answers the same batch.",
  },
  successes: {
    202: { ...answer("Accepted: it runs."), headers },
    200: { ...answer("Known already: the same id with the same body."), headers },
  },
  errors: ["provider_not_configured", "conflict", "gone", "idempotency_mismatch"],
} as const satisfies Operation;

const read = {
  method: "get",
  path: "/v1/batches/{batch_id}",
  id: "getBatch",
  tag: TAG,
  scope: "read",
  summary: "Read a batch, now or when all of it has ended",
  pathSchema: BatchPath,
  querySchema: z.strictObject({
    wait: integerParameter(
      0,
      MAX_WAIT_SECONDS,
      "Hold the answer until every task has ended, for at most so many seconds.",
    ).optional(),
  }),
  successes: { 200: answer("The batch.") },
  errors: ["not_found", "gone"],
} as const satisfies Operation;

const cancel = {
  method: "post",
  path: "/v1/batches/{batch_id}/cancel",
  id: "cancelBatch",
  tag: TAG,
  scope: "delegate",
  summary: "Cancel every task of a batch that has not ended",
  description:
    "Answers when they have ended, after 20 seconds at the latest; it goes on in any case. What has ended stays as it is, and cancelling twice is no error.",
  pathSchema: BatchPath,
  successes: { 200: answer("Nothing of it is started any more.") },
  errors: ["not_found", "gone"],
} as const satisfies Operation;

/** Everything about a batch except its events and its complete results. */
export function addBatchRoutes(api: Api): void {
  api.add(create, startBatch);
  api.add(read, async ({ context, principal, path: { batch_id }, query }) => {
    const outcome = await batchObject(context.env, principal.workspace, batch_id).read((query.wait ?? 0) * 1_000);
    if (outcome.kind === "unknown" || outcome.kind === "gone") throw absent(outcome, "batch", batch_id);
    return context.json(outcome.batch);
  });
  api.add(cancel, async ({ context, principal, path: { batch_id } }) => {
    const outcome = await batchObject(context.env, principal.workspace, batch_id).cancel(principal.key);
    if (outcome.kind === "unknown" || outcome.kind === "gone") throw absent(outcome, "batch", batch_id);
    return context.json(outcome.batch);
  });
}
