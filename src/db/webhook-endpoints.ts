import { and, count, desc, eq, getTableColumns, sql } from "drizzle-orm";
import { type Actor, auditRow, auditStatementIf, type Deed } from "./audit.ts";
import type { Database } from "./client.ts";
import type { SealedSecret } from "./webhook-deliveries.ts";
import { webhook_deliveries as deliveries, webhook_endpoints as endpoints, webhook_secrets } from "./webhook-schema.ts";

export type EndpointRow = typeof endpoints.$inferSelect;

/** `events` as they are stored: SQLite holds columns to no type. */
export type StoredEndpoint = Omit<EndpointRow, "events"> & { events: unknown };
export type EndpointKey = Pick<EndpointRow, "workspace" | "endpoint_id">;

const COLUMNS = { ...getTableColumns(endpoints), events: sql<unknown>`${endpoints.events}`.mapWith(jsonOrNothing) };

function jsonOrNothing(stored: string): unknown {
  try {
    return JSON.parse(stored);
  } catch {
    return null;
  }
}

const ofId = ({ workspace, endpoint_id }: EndpointKey) =>
  and(eq(endpoints.workspace, workspace), eq(endpoints.endpoint_id, endpoint_id));

/** A workspace's endpoint; undefined when it has none of this id. */
export const findEndpoint = (db: Database, key: EndpointKey): Promise<StoredEndpoint | undefined> =>
  db.select(COLUMNS).from(endpoints).where(ofId(key)).get();

/** All endpoints of a workspace, newest first: they are few. */
export const listEndpoints = (db: Database, workspace: string): Promise<StoredEndpoint[]> =>
  db
    .select(COLUMNS)
    .from(endpoints)
    .where(eq(endpoints.workspace, workspace))
    .orderBy(desc(endpoints.created_at), desc(endpoints.endpoint_id));

/** `known`: its id is there already. `full`: the workspace has `most`. Then nothing is stored. */
export type AddedEndpoint = "added" | "known" | "full";

/** Stores an endpoint and puts it on record, both or none. Two with one id at once: one is `added`. */
export async function addEndpoint(db: Database, row: EndpointRow, by: Actor, most: number): Promise<AddedEndpoint> {
  const { workspace, endpoint_id: subject, url, events } = row;
  const record = auditRow(
    { workspace, action: "webhook.created", subject, detail: { host: new URL(url).host, events } },
    by,
    row.created_at,
  );
  const others = db.select({ count: count() }).from(endpoints).where(eq(endpoints.workspace, workspace));
  const values = Object.entries(getTableColumns(endpoints)).map(([name, column]) => {
    const value = row[name as keyof EndpointRow];
    return sql`${value === null ? null : column.mapToDriverValue(value)}`;
  });
  const insert = db
    .insert(endpoints)
    .select(sql`select ${sql.join(values, sql.raw(", "))} where (${others}) < ${most}`)
    .onConflictDoNothing();
  const isStored = sql`exists (select 1 from ${endpoints} where ${and(ofId(row), eq(endpoints.secret, row.secret))})`;
  const stored = db.select({ secret: endpoints.secret }).from(endpoints).where(ofId(row));
  const [, , [found]] = await db.batch([insert, auditStatementIf(db, record, isStored), stored]);
  if (found === undefined) return "full";
  return found.secret === row.secret ? "added" : "known";
}

/** What of an endpoint its owner may change; it is enabled (`disabled_at` null) as new. */
export type EndpointChange = Pick<EndpointRow, "url" | "events" | "description" | "disabled_at" | "disabled_because">;

/** Changes an endpoint and puts it on record. */
export async function changeEndpoint(
  db: Database,
  key: EndpointKey,
  change: EndpointChange,
  deeds: readonly Deed[],
  by: Actor,
): Promise<void> {
  const records = deeds.map((deed) => auditStatementIf(db, auditRow(deed, by, Date.now()), isThere(key)));
  const failing = change.disabled_at === null ? { failing_since: null } : {};
  await db.batch([
    db
      .update(endpoints)
      .set({ ...change, ...failing })
      .where(ofId(key)),
    ...records,
  ]);
}

/** Deletes an endpoint and all that was sent to it, and puts it on record, once. */
export async function deleteEndpoint(db: Database, key: EndpointKey, by: Actor): Promise<void> {
  const record = auditRow({ workspace: key.workspace, action: "webhook.deleted", subject: key.endpoint_id }, by, Date.now());
  const isItsOwn = and(eq(deliveries.workspace, key.workspace), eq(deliveries.endpoint_id, key.endpoint_id));
  await db.batch([
    auditStatementIf(db, record, isThere(key)),
    db.delete(endpoints).where(ofId(key)),
    db.delete(deliveries).where(isItsOwn),
  ]);
}

const isThere = (key: EndpointKey) => sql`exists (select 1 from ${endpoints} where ${ofId(key)})`;

/** A new secret (sealed) for what had `secret`, which signs as well until `until` (milliseconds). */
export type SecretChange = { secret: string; next: string; until: number };

/** Replaces an endpoint's secret and puts it on record; false when it was replaced in the meantime. */
export async function rotateEndpointSecret(db: Database, key: EndpointKey, change: SecretChange, by: Actor): Promise<boolean> {
  const isSame = and(ofId(key), eq(endpoints.secret, change.secret));
  const replaced = sql`exists (select 1 from ${endpoints} where ${and(ofId(key), eq(endpoints.secret, change.next))})`;
  const record = rotationRecord({ ...key, subject: key.endpoint_id }, change, by);
  const [updated] = await db.batch([
    db.update(endpoints).set(rotated(change)).where(isSame).returning({ id: endpoints.endpoint_id }),
    auditStatementIf(db, record, replaced),
  ]);
  return updated.length > 0;
}

/** The workspace's own secret; `made` (sealed) is stored when there is none. */
export async function ensureWorkspaceSecret(db: Database, workspace: string, made: string): Promise<SealedSecret> {
  const row = { workspace, secret: made, old_secret: null, old_secret_until: null };
  const [, [stored]] = await db.batch([
    db
      .insert(webhook_secrets)
      .values({ ...row, created_at: Date.now() })
      .onConflictDoNothing(),
    db.select().from(webhook_secrets).where(eq(webhook_secrets.workspace, workspace)),
  ]);
  return stored ?? row;
}

/** The workspace's own secret; undefined while nobody needed it. */
export const findWorkspaceSecret = (db: Database, workspace: string): Promise<SealedSecret | undefined> =>
  db.select().from(webhook_secrets).where(eq(webhook_secrets.workspace, workspace)).get();

/** Replaces the workspace's own secret and puts it on record; false when it was replaced in the meantime. */
export async function rotateWorkspaceSecret(db: Database, workspace: string, change: SecretChange, by: Actor): Promise<boolean> {
  const { secret } = webhook_secrets;
  const isOf = eq(webhook_secrets.workspace, workspace);
  const replaced = sql`exists (select 1 from ${webhook_secrets} where ${and(isOf, eq(secret, change.next))})`;
  const [updated] = await db.batch([
    db
      .update(webhook_secrets)
      .set(rotated(change))
      .where(and(isOf, eq(secret, change.secret)))
      .returning({ workspace: webhook_secrets.workspace }),
    auditStatementIf(db, rotationRecord({ workspace, subject: "webhook_url" }, change, by), replaced),
  ]);
  return updated.length > 0;
}

const rotated = ({ secret, next, until }: SecretChange) => ({ secret: next, old_secret: secret, old_secret_until: until });

function rotationRecord({ workspace, subject }: { workspace: string; subject: string }, { until }: SecretChange, by: Actor) {
  const detail = { old_secret_until: new Date(until).toISOString() };
  return auditRow({ workspace, action: "webhook.secret_rotated", subject, detail }, by, Date.now());
}
