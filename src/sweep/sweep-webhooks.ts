import type { Database } from "../db/client.ts";
import { deleteDeliveries, dueDeliveries } from "../db/webhook-deliveries.ts";
import { ring, type WebhookQueue } from "../webhooks/doorbell.ts";
import { reached } from "./reached.ts";

/** Per sweep; the rest follows a minute later. */
const MOST_DUE = 1_000;

/** Rings for deliveries that are due (retries, and what a lost message or a killed run left), and deletes those whose retention is over. */
export async function sweepWebhooks(env: { WEBHOOK_QUEUE: WebhookQueue }, db: Database, now: number): Promise<void> {
  await reached({ queue: "webhooks" }, async () => {
    const due = await dueDeliveries(db, now, MOST_DUE);
    const { pending = [], over = [] } = Object.groupBy(due, ({ status }) => (status === "pending" ? "pending" : "over"));
    await Promise.all([ring(env.WEBHOOK_QUEUE, pending), deleteDeliveries(db, over)]);
  });
}
