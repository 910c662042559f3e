import { configOf } from "../config.ts";
import { createDatabase } from "../db/client.ts";
import { type DelegationKey, expiredDelegations, staleDelegations } from "../db/due-delegations.ts";
import { markDeleted } from "../db/save-delegation.ts";
import { describeError, log } from "../lib/log.ts";

/** How late an open task must be before its object is woken: an alarm on its way is not disturbed. */
const LATE_MS = 60_000;
/** Tasks per sweep and kind; the rest follows a minute later. */
const MOST = 200;
const DAY_MS = 86_400_000;

/** Every minute: wakes the objects of open tasks that should have moved (an alarm was lost), and erases what is past its retention. */
export async function sweep(env: Env, now: number): Promise<void> {
  const database = createDatabase(env.DB);
  const { retentionDays } = configOf(env);
  const [late, expired] = await Promise.all([
    staleDelegations(database, now - LATE_MS, MOST),
    expiredDelegations(database, now - retentionDays * DAY_MS, MOST),
  ]);
  const woken = late.map((key) => settled(key, () => objectOf(env, key).wake()));
  const erased = expired.map((key) =>
    settled(key, async () => {
      const outcome = await objectOf(env, key).erase("retention");
      if (outcome.kind === "unknown") await markDeleted(database, key.workspace, key.task_id, now);
    }),
  );
  await Promise.all([...woken, ...erased]);
}

const objectOf = (env: Env, { workspace, task_id }: DelegationKey) => env.DELEGATIONS.getByName(`${workspace}/${task_id}`);

/** One object that fails must not keep the sweep from the others. */
async function settled(key: DelegationKey, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (cause) {
    log.error({ workspace: key.workspace, taskId: key.task_id, cause: describeError(cause) }, "the sweep could not reach a task");
  }
}
