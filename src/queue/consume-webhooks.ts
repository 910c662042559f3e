import { configOf } from "../config.ts";
import { createDatabase } from "../db/client.ts";
import { describeError, log } from "../lib/log.ts";
import { within } from "../lib/within.ts";
import { claimDue, type DeliverDeps } from "../webhooks/deliver.ts";
import { DoorbellMessage, type WebhookQueue } from "../webhooks/doorbell.ts";
import { lanesOf } from "../webhooks/lanes.ts";

export type WebhookBindings = { DB: D1Database; WEBHOOK_QUEUE: WebhookQueue };

/** The queue delivers its next batch after this at the latest: a receiver that is slow keeps nobody else waiting for longer. */
const HELD_UP_MS = 1_000;
const AGAIN_SECONDS = 10;

/**
 * Attempts the deliveries that the messages name, as far as they are due. Messages are doorbells: what they say twice, late or not at
 * all changes nothing, since the deliveries are rows and the sweep rings for those that are due.
 */
export async function consumeWebhooks(
  { messages }: MessageBatch,
  env: WebhookBindings,
  context: Pick<ExecutionContext, "waitUntil">,
): Promise<void> {
  const keys = messages.flatMap((message) => keysIn(message));
  if (keys.length === 0) return;
  try {
    const run = (await claimDue(keys, depsOf(env)))();
    context.waitUntil(run);
    await within(HELD_UP_MS, run);
  } catch (cause) {
    log.error({ cause: describeError(cause) }, "due webhooks could not be claimed");
    for (const message of messages) message.retry({ delaySeconds: AGAIN_SECONDS });
  }
}

function keysIn({ id, body }: Message) {
  const { success, data } = DoorbellMessage.safeParse(body);
  if (!success) log.error({ messageId: id }, "a message that names no deliveries was dropped");
  return success ? data.delivery_ids.map((delivery_id) => ({ workspace: data.workspace, delivery_id })) : [];
}

const depsOf = (env: WebhookBindings): DeliverDeps => ({
  db: createDatabase(env.DB),
  config: configOf(env),
  queue: env.WEBHOOK_QUEUE,
  lanes: lanesOf(env.DB),
  now: Date.now,
  random: Math.random,
  fetch: (request) => fetch(request),
});
