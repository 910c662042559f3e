import { z } from "zod";
import type { DeliveryKey } from "../db/webhook-deliveries.ts";
import { describeError, log } from "../lib/log.ts";

/** The body of one message on the queue `webhooks`: these deliveries are, or are about to be, due. */
export const DoorbellMessage = z.object({ workspace: z.string().min(1), delivery_ids: z.array(z.string().min(1)).min(1) });
export type DoorbellMessage = z.infer<typeof DoorbellMessage>;

/** The producer's side of the queue `webhooks`. */
export type WebhookQueue = {
  send(body: DoorbellMessage, options: { contentType: "json"; delaySeconds?: number }): Promise<unknown>;
};

const MOST_IDS = 100;

/**
 * Says that these deliveries are due, in so many seconds. Never throws: the deliveries themselves are stored, and the sweep
 * rings for what nobody heard of.
 */
export async function ring(queue: WebhookQueue, due: readonly DeliveryKey[], delaySeconds = 0): Promise<void> {
  for (const [workspace, keys] of Map.groupBy(due, (key) => key.workspace)) {
    for (let first = 0; first < keys.length; first += MOST_IDS) {
      const delivery_ids = keys.slice(first, first + MOST_IDS).map(({ delivery_id }) => delivery_id);
      const options = { contentType: "json", ...(delaySeconds > 0 && { delaySeconds }) } as const;
      await queue
        .send({ workspace, delivery_ids }, options)
        .catch((cause: unknown) =>
          log.warn({ workspace, cause: describeError(cause) }, "the queue of webhooks could not be told"),
        );
    }
  }
}
