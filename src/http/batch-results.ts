import { Delegation } from "../delegations/delegation.ts";
import { describeError, log } from "../lib/log.ts";
import type { Api } from "./api.ts";
import { BatchPath } from "./batch-path.ts";
import { absent } from "./creation.ts";
import { DELEGATION_EXAMPLE } from "./delegation-example.ts";
import { type Bindings, batchObject, delegationObject } from "./http-env.ts";
import type { Operation } from "./operation.ts";

/** Delegations that are read ahead of the reader: a complete one may be megabytes large. */
const READ_AHEAD = 8;

const results = {
  method: "get",
  path: "/v1/batches/{batch_id}/results",
  id: "listBatchResults",
  tag: "Batches",
  scope: "read",
  summary: "The complete delegations of a batch",
  description:
    "As NDJSON, a delegation a line, in the order of the tasks, each as it is when its turn comes; nothing is cut. A task that has no delegation of its own (deleted, or its id was taken) is `{task_id, error}`.",
  pathSchema: BatchPath,
  successes: {
    200: {
      description: "One line for each task.",
      schema: Delegation,
      mediaTypes: ["application/x-ndjson"],
      example: DELEGATION_EXAMPLE,
    },
  },
  errors: ["not_found", "gone"],
} as const satisfies Operation;

export function addBatchResults(api: Api): void {
  api.add(results, async ({ context, principal: { workspace }, path: { batch_id } }) => {
    const outcome = await batchObject(context.env, workspace, batch_id).taskIds();
    if (outcome.kind === "unknown" || outcome.kind === "gone") throw absent(outcome, "batch", batch_id);
    const lines = linesOf(outcome.task_ids, (taskId) => lineOf(context.env, workspace, batch_id, taskId));
    return new Response(lines, {
      headers: { "content-type": "application/x-ndjson", "cache-control": "no-store, no-transform" },
    });
  });
}

async function lineOf(env: Bindings, workspace: string, batchId: string, taskId: string): Promise<string> {
  try {
    const outcome = await delegationObject(env, workspace, taskId).read(0);
    if (outcome.kind === "found" && outcome.delegation.batch_id === batchId) return JSON.stringify(outcome.delegation);
    const batch = batchObject(env, workspace, batchId);
    const waiting = await batch.waiting(taskId, 0);
    if (waiting.kind === "waiting") return JSON.stringify(waiting.delegation);
    const read = await batch.read(0);
    const ended = read.kind === "found" ? read.batch.results[taskId] : undefined;
    // A delegation that was there before the batch and has the same body is the task.
    if (outcome.kind === "found" && ended?.error?.code !== "conflict") return JSON.stringify(outcome.delegation);
    return JSON.stringify({ task_id: taskId, error: ended?.error ?? { code: "gone", message: "The delegation was deleted." } });
  } catch (cause) {
    log.error({ workspace, taskId, cause: describeError(cause) }, "a result of a batch could not be read");
    return JSON.stringify({ task_id: taskId, error: { code: "internal", message: "It could not be read just now." } });
  }
}

/** The lines in the order of the ids, some of them read ahead. */
function linesOf(taskIds: readonly string[], lineOfTask: (taskId: string) => Promise<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const reading: Promise<string>[] = [];
  let next = 0;
  return new ReadableStream({
    async pull(controller) {
      while (reading.length < READ_AHEAD && next < taskIds.length) {
        reading.push(lineOfTask(taskIds[next] ?? ""));
        next += 1;
      }
      const line = await reading.shift();
      if (line === undefined) controller.close();
      else controller.enqueue(encoder.encode(`${line}\n`));
    },
  });
}
