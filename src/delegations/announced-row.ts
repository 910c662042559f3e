import { createDatabase } from "../db/client.ts";
import { type AttemptRow, type DelegationRow, delegationStatements, saveDelegation } from "../db/save-delegation.ts";
import { announce } from "../webhooks/announce.ts";
import type { WebhookQueue } from "../webhooks/doorbell.ts";
import { delegationEvent } from "../webhooks/webhook-event.ts";

type RowBindings = { DB: D1Database; WEBHOOK_QUEUE: WebhookQueue };

/**
 * Writes a task's row, and with it, when the task ended or waits for approval, the webhooks that tell of it: those of the workspace, and
 * besides them `url`. Nobody is told of what the list does not show. Idempotent.
 */
export async function saveAnnounced(
  env: RowBindings,
  row: DelegationRow,
  attempts: readonly AttemptRow[],
  url: string | undefined,
): Promise<void> {
  const db = createDatabase(env.DB);
  const event = await delegationEvent(row, url ?? null);
  if (event === undefined) await saveDelegation(db, row, attempts);
  else await announce(db, env.WEBHOOK_QUEUE, event, delegationStatements(db, row, attempts));
}
