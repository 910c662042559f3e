import { type Announcement, announced } from "../db/announced.ts";
import type { Database } from "../db/client.ts";
import { ring, type WebhookQueue } from "./doorbell.ts";

/** Writes a row (`statements`) and, in the same transaction, the deliveries that tell of it; then rings for these, if there are any. */
export async function announce(
  db: Database,
  queue: WebhookQueue,
  announcement: Announcement,
  statements: Parameters<typeof announced>[2],
): Promise<void> {
  const { workspace } = announcement;
  const made = await announced(db, announcement, statements);
  await ring(
    queue,
    made.map((delivery_id) => ({ workspace, delivery_id })),
  );
}
