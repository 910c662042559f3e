import { configOf } from "../config.ts";
import { createDatabase } from "../db/client.ts";
import { eraseExpiredDelegations } from "./erase-expired-delegations.ts";
import { indexHistory } from "./index-history.ts";
import { rollCosts } from "./roll-costs.ts";
import { sweepBatches } from "./sweep-batches.ts";
import { sweepFlows } from "./sweep-flows.ts";
import { sweepWebhooks } from "./sweep-webhooks.ts";
import { wakeLateDelegations } from "./wake-late-delegations.ts";

const DAY_MS = 86_400_000;

/**
 * Every minute: wakes the objects of tasks, batches and flows that should have moved (an alarm was lost), ends tasks that nobody
 * holds any more, takes ended ones into the full-text index, sums up the costs of past days, rings for webhooks that are due, and
 * erases what is past its retention. `now` is milliseconds since the epoch.
 */
export async function sweep(env: Env, now: number): Promise<void> {
  const database = createDatabase(env.DB);
  const retentionMs = configOf(env).retentionDays * DAY_MS;
  await Promise.all([
    wakeLateDelegations(env, database, now),
    eraseExpiredDelegations(env, database, now, retentionMs),
    sweepBatches(env, database, now, retentionMs),
    sweepFlows(env, database, now, retentionMs),
    indexHistory(database, now),
    rollCosts(database, now),
    sweepWebhooks(env, database, now),
  ]);
}
