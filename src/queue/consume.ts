import { type ConsumerBindings, consumeDelegations } from "./consume-delegations.ts";
import { consumeWebhooks, type WebhookBindings } from "./consume-webhooks.ts";

/** The Worker's one consumer: every queue has its own. */
export function consume(
  batch: MessageBatch,
  env: ConsumerBindings & WebhookBindings,
  context: Pick<ExecutionContext, "waitUntil">,
): Promise<void> {
  return batch.queue === "webhooks" ? consumeWebhooks(batch, env, context) : consumeDelegations(batch, env);
}
