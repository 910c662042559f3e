import { env } from "cloudflare:workers";
import type { Batch } from "../../src/batches/batch.ts";
import type { BatchProtocol, BatchSpec } from "../../src/batches/batch-rpc.ts";
import type { DelegationSpec } from "../../src/delegations/delegation-rpc.ts";
import { freshId, specOf } from "./delegation-object.ts";

/** The stub of a batch's object, by the name that the product gives it. */
export const batchObjectOf = (batchId: string): DurableObjectStub & BatchProtocol =>
  env.BATCHES.getByName(`default/${batchId}`) as unknown as DurableObjectStub & BatchProtocol;

/** A batch as admission would make it, of one task for each prompt. */
export function batchOf(prompts: readonly string[], changes: Partial<BatchSpec> = {}): BatchSpec {
  const batch_id = changes.batch_id ?? freshId("batch");
  const tasks = prompts.map((prompt, index): DelegationSpec => {
    const listeners: DelegationSpec["listeners"] = [{ kind: "batch", id: batch_id }];
    return specOf(`${batch_id}.${index}`, prompt, { batch_id, listeners });
  });
  return {
    workspace: "default",
    batch_id,
    hash: "b".repeat(64),
    created_by: "owner",
    created_at: Date.now(),
    max_concurrency: null,
    tasks,
    ...changes,
  };
}

/** Waits until every task of the batch has ended, and gives it. */
export async function endOf(batchId: string): Promise<Batch> {
  for (let round = 0; round < 5; round += 1) {
    const outcome = await batchObjectOf(batchId).read(20_000);
    if (outcome.kind === "unknown") throw new Error("the batch is unknown");
    if (outcome.batch.status !== "in-progress") return outcome.batch;
  }
  throw new Error("the batch did not end");
}
