import type { BatchProtocol } from "../batches/batch-rpc.ts";
import type { Database } from "../db/client.ts";
import { failLost, type LateDelegation, lateDelegations, revisitDelegations } from "../db/late-delegations.ts";
import type { DelegationRow } from "../db/save-delegation.ts";
import type { DelegationProtocol } from "../delegations/delegation-rpc.ts";
import { announce } from "../webhooks/announce.ts";
import { delegationEvent } from "../webhooks/webhook-event.ts";
import { LATE_MS, MOST, reached } from "./reached.ts";

/** How old a task must be that nobody holds, to be given up; and how long until a task is asked about again that its batch holds. */
const PATIENCE_MS = 600_000;

/**
 * Wakes the objects of open tasks that should have moved. A task whose object is empty is its batch's, which is woken; one
 * that no batch holds fails as `internal` ten minutes after it came.
 */
export async function wakeLateDelegations(env: Env, db: Database, now: number): Promise<void> {
  const late = await lateDelegations(db, now - LATE_MS, MOST);
  const isEmpty = await Promise.all(
    late.map(async ({ workspace, task_id }) => {
      const object = env.DELEGATIONS.getByName(`${workspace}/${task_id}`) as unknown as DelegationProtocol;
      const outcome = await reached({ workspace, taskId: task_id }, () => object.wake());
      return outcome?.kind === "unknown";
    }),
  );
  const empty = late.filter((_, index) => isEmpty[index]);
  const byBatch = Map.groupBy(empty, ({ workspace, batch_id }) => (batch_id === null ? null : `${workspace}/${batch_id}`));
  const alone = byBatch.get(null) ?? [];
  byBatch.delete(null);
  const parts = await Promise.all([...byBatch].map(([name, tasks]) => partedByBatch(env, name ?? "", tasks)));
  const held = parts.flatMap((part) => part.held);
  const lost = [...alone, ...parts.flatMap((part) => part.lost)].filter(({ created_at }) => created_at < now - PATIENCE_MS);
  const [ended] = await Promise.all([failLost(db, lost, now), revisitDelegations(db, held, now + PATIENCE_MS)]);
  await Promise.all(ended.map((row) => tell(env, db, row)));
}

/** Who is to be told of a task without an object is told by its row alone. */
async function tell(env: Env, db: Database, row: DelegationRow): Promise<void> {
  const event = await delegationEvent(row, null);
  if (event === undefined) return;
  const { workspace, task_id: taskId } = row;
  await reached({ workspace, taskId }, () => announce(db, env.WEBHOOK_QUEUE, { ...event, unless: null }, []));
}

/** Wakes the batch, and tells which of its tasks it is still to start. When it cannot be reached nothing is told. */
async function partedByBatch(
  env: Env,
  name: string,
  tasks: LateDelegation[],
): Promise<{ held: LateDelegation[]; lost: LateDelegation[] }> {
  const batch = env.BATCHES.getByName(name) as unknown as BatchProtocol;
  const outcome = await reached({ batch: name }, async () => {
    await batch.wake();
    return batch.holding(tasks.map(({ task_id }) => task_id));
  });
  if (outcome === undefined) return { held: [], lost: [] };
  const holds = new Set(outcome.kind === "found" ? outcome.task_ids : []);
  const { held = [], lost = [] } = Object.groupBy(tasks, ({ task_id }) => (holds.has(task_id) ? "held" : "lost"));
  return { held, lost };
}
