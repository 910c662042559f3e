import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/* As in schema.ts: WITHOUT ROWID by hand, column keys equal column names, times in milliseconds since the epoch. */

/** Where a workspace wants to be told. Secrets are encrypted (AES-GCM). */
export const webhook_endpoints = sqliteTable(
  "webhook_endpoints",
  {
    workspace: text().notNull(),
    endpoint_id: text().notNull(),
    url: text().notNull(),
    /** Event types. */
    events: text({ mode: "json" }).$type<string[]>().notNull(),
    description: text(),
    secret: text().notNull(),
    /** The secret before the last rotation signs as well until then. */
    old_secret: text(),
    old_secret_until: integer(),
    created_at: integer().notNull(),
    created_by: text().notNull(),
    disabled_at: integer(),
    disabled_because: text(),
    /** Since when every delivery failed; null after a success. */
    failing_since: integer(),
    idempotency_key: text(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.endpoint_id] })],
);

/** The truth of every delivery. `delivery_id` is derived from event and target, so that a repeated event makes no second one. */
export const webhook_deliveries = sqliteTable(
  "webhook_deliveries",
  {
    workspace: text().notNull(),
    delivery_id: text().notNull(),
    /** The `webhook-id` that the receiver sees. */
    message_id: text().notNull(),
    /** Null: the `webhook_url` of one delegation, batch or flow. */
    endpoint_id: text(),
    url: text().notNull(),
    type: text().notNull(),
    payload: text().notNull(),
    status: text().notNull(),
    created_at: integer().notNull(),
    /** While it is pending: its next attempt, or the end of its claim. Then: when it is deleted. */
    next_attempt_at: integer(),
    /** Claimed by a run that must have ended by then; also tells that run's end of it from another's. */
    claimed_until: integer(),
    delivered_at: integer(),
    attempts: integer().notNull(),
    /** What was sent and answered, attempt by attempt. */
    log: text({ mode: "json" }).$type<{ [name: string]: unknown }[]>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspace, table.delivery_id] }),
    index("deliveries_due").on(table.next_attempt_at).where(sql`"next_attempt_at" is not null`),
    index("deliveries_of_endpoint").on(table.workspace, table.endpoint_id, table.created_at, table.delivery_id),
  ],
);

/** One row a workspace: the secret that signs what goes to a `webhook_url`. */
export const webhook_secrets = sqliteTable("webhook_secrets", {
  workspace: text().primaryKey(),
  secret: text().notNull(),
  old_secret: text(),
  old_secret_until: integer(),
  created_at: integer().notNull(),
});
