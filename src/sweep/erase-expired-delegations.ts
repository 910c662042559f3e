import type { Database } from "../db/client.ts";
import { expiredDelegations } from "../db/expired-delegations.ts";
import { markDeleted } from "../db/save-delegation.ts";
import type { DelegationProtocol } from "../delegations/delegation-rpc.ts";
import { MOST, reached } from "./reached.ts";

/** Erases the texts and events of tasks that ended longer than `retentionMs` ago; their books stay. */
export async function eraseExpiredDelegations(env: Env, db: Database, now: number, retentionMs: number): Promise<void> {
  const expired = await expiredDelegations(db, now - retentionMs, MOST);
  const erased = expired.map(({ workspace, task_id }) =>
    reached({ workspace, taskId: task_id }, async () => {
      const object = env.DELEGATIONS.getByName(`${workspace}/${task_id}`) as unknown as DelegationProtocol;
      const outcome = await object.erase("retention");
      if (outcome.kind === "unknown") await markDeleted(db, workspace, task_id, now);
    }),
  );
  await Promise.all(erased);
}
