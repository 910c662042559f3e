import { agentsOf } from "../agents/agents-of.ts";
import { admitBatch } from "../batches/admit-batch.ts";
import type { BatchInput } from "../batches/batch.ts";
import type { AcceptOutcome, FindOutcome } from "../batches/batch-rpc.ts";
import { createDatabase } from "../db/client.ts";
import { takenIds } from "../db/taken-ids.ts";
import type { DelegationSpec } from "../delegations/delegation-rpc.ts";
import { AppError } from "../errors.ts";
import { askerOf } from "./asker.ts";
import { creationOf, refusedCreation } from "./creation.ts";
import { batchObject, shutModels } from "./http-env.ts";
import type { Call, Operation } from "./operation.ts";
import { idFactory } from "./task-id.ts";

const newBatchId = idFactory("batch");
const MAX_NAMED = 50;

type BatchCall = Omit<Call<Operation & { scope: "delegate" }>, "body"> & { body: BatchInput };

/**
 * Admits a whole batch and hands it to its object: 202 accepted, 200 known with the same body. Throws AppError `conflict`
 * (the batch's id, or ids of its tasks), `idempotency_mismatch`, `gone`, and what `admitBatch` throws.
 */
export async function startBatch(call: BatchCall): Promise<Response> {
  const { context, config, principal, body, sent } = call;
  const { workspace, key: createdBy } = principal;
  const creation = await creationOf(call, body.batch_id, { noun: "batch", newId: newBatchId });
  const { id: batchId, hash } = creation;
  const object = batchObject(context.env, workspace, batchId);
  const known: FindOutcome = creation.isNew ? { kind: "unknown" } : await object.find(hash);
  const outcome = known.kind === "unknown" ? await accept() : known;

  async function accept(): Promise<AcceptOutcome> {
    const now = new Date();
    const agents = await agentsOf(context.env.DB, workspace);
    const tasks = await admitBatch(body, sent, {
      ...askerOf(principal),
      requestId: context.get("requestId"),
      config,
      now,
      batchId,
      agents,
      shut: shutModels(context),
    });
    await refuseTakenIds(call, tasks);
    const max_concurrency = body.max_concurrency ?? null;
    const batch = {
      workspace,
      batch_id: batchId,
      hash,
      created_by: createdBy,
      created_at: now.getTime(),
      max_concurrency,
      ...(body.webhook_url !== undefined && { webhook_url: body.webhook_url }),
      tasks,
    };
    return object.accept(batch);
  }

  if (outcome.kind === "conflict" || outcome.kind === "gone") throw refusedCreation(outcome, "batch", creation);
  context.header("Location", `/v1/batches/${batchId}`);
  return context.json(outcome.batch, outcome.kind === "accepted" ? 202 : 200);
}

/** What the list knows already; an id that is taken in the meantime fails its task, not the batch. */
async function refuseTakenIds({ context, principal }: BatchCall, tasks: readonly DelegationSpec[]): Promise<void> {
  const taken = await takenIds(createDatabase(context.env.DB), principal.workspace, tasks);
  if (taken.length === 0) return;
  const indexes = new Map(tasks.map(({ task_id }, index) => [task_id, index]));
  const fields = taken.map(({ task_id, deleted }) => ({
    path: `tasks.${indexes.get(task_id)}.task_id`,
    message: deleted
      ? `${task_id} was deleted; its id is not used again`
      : `${task_id} is taken by a delegation with another body`,
  }));
  const named = taken.slice(0, 3).map(({ task_id }) => task_id);
  const more = taken.length > named.length ? ` and ${taken.length - named.length} more` : "";
  throw new AppError(
    "conflict",
    `Nothing was started: ids are taken by other delegations: ${named.join(", ")}${more}.`,
    fields.slice(0, MAX_NAMED),
  );
}
