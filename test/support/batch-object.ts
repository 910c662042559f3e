import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Batch } from "../../src/batches/batch.ts";
import type { BatchProtocol, BatchSpec } from "../../src/batches/batch-rpc.ts";
import type { BatchProgress } from "../../src/batches/batch-store.ts";
import type { StartMessage } from "../../src/batches/start-message.ts";
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
    if (outcome.kind !== "found") throw new Error(`the batch is ${outcome.kind}`);
    if (outcome.batch.status !== "in-progress") return outcome.batch;
  }
  throw new Error("the batch did not end");
}

/** Replaces bindings of a batch's object until it is killed or evicted. */
export async function rebind(stub: DurableObjectStub, bindings: object): Promise<void> {
  await runInDurableObject(stub, (object) => {
    Object.assign(object, { env: { ...env, ...bindings } });
  });
}

/** A queue that keeps what it is sent and delivers nothing. */
export function silentQueue() {
  const sent: StartMessage[] = [];
  const sendBatch = async (messages: Iterable<{ body: StartMessage }>) => {
    sent.push(...[...messages].map(({ body }) => body));
  };
  return { sent, binding: { DELEGATION_QUEUE: { sendBatch } } };
}

/** Makes what was sent and not started due to be sent again, as it is some seconds later. */
export async function resendNow(batchId: string): Promise<void> {
  const stub = batchObjectOf(batchId);
  await runInDurableObject(stub, (_object, { storage }) => {
    const progress = storage.kv.get<BatchProgress>("progress");
    storage.kv.put("progress", { ...progress, resend_at: 1 });
  });
  await evictDurableObject(stub);
  await runDurableObjectAlarm(stub);
}
