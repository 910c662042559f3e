import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/* As in schema.ts: WITHOUT ROWID by hand, column keys equal column names, times in milliseconds since the epoch. */

/** The tenants. The owner's own, `default`, has no row until something of it is stored. */
export const workspaces = sqliteTable("workspaces", {
  workspace: text().primaryKey(),
  title: text().notNull(),
  created_at: integer().notNull(),
  created_by: text().notNull(),
});

/** The keys of all workspaces; of a key itself only the hash is kept. */
export const keys = sqliteTable(
  "keys",
  {
    key_id: text().primaryKey(),
    workspace: text().notNull(),
    name: text().notNull(),
    /** SHA-256 (hex) of the whole key. */
    hash: text().notNull(),
    /** Its last characters, for people to tell keys apart. */
    hint: text().notNull(),
    scopes: text({ mode: "json" }).$type<string[]>().notNull(),
    default_agent: text(),
    created_at: integer().notNull(),
    created_by: text().notNull(),
    /** From then on it is refused; null = never. */
    expires_at: integer(),
    revoked_at: integer(),
    /** The key that replaced this one. */
    rotated_to: text(),
    /** Of the call that created it, so that a repeated one makes no second key. */
    idempotency_key: text(),
    /** The key that this one and those before it took the place of, rotation by rotation; null: it took nobody's. */
    first_key_id: text(),
  },
  (table) => [
    uniqueIndex("keys_by_hash").on(table.hash),
    index("keys_of_workspace").on(table.workspace, table.created_at, table.key_id),
  ],
);

/** Who did what, append-only: triggers refuse every change. `id` sorts by time. */
export const audit = sqliteTable(
  "audit",
  {
    workspace: text().notNull(),
    id: text().notNull(),
    at: integer().notNull(),
    /** The key's name and id, or `system`. */
    actor: text().notNull(),
    key_id: text(),
    action: text().notNull(),
    subject: text().notNull(),
    detail: text({ mode: "json" }).$type<{ [name: string]: unknown }>(),
    request_id: text(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.id] })],
);
