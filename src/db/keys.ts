import { and, count, eq, getTableColumns, gt, isNull, or, type SQL, sql } from "drizzle-orm";
import { type Actor, auditRow, auditStatement, auditStatementIf } from "./audit.ts";
import type { Database } from "./client.ts";
import { newestFirst } from "./newest-first.ts";
import type { Position } from "./position.ts";
import { keys } from "./team-schema.ts";

export type KeyRow = typeof keys.$inferSelect;

/** `scopes` as they are stored: SQLite holds columns to no type. */
export type StoredKey = Omit<KeyRow, "scopes"> & { scopes: unknown };

const COLUMNS = { ...getTableColumns(keys), scopes: sql<unknown>`${keys.scopes}`.mapWith(jsonOrNothing) };

function jsonOrNothing(stored: string): unknown {
  try {
    return JSON.parse(stored);
  } catch {
    return null;
  }
}

/** The key of any workspace with this SHA-256 (hex); undefined when there is none. Found by index, whatever its state. */
export const findKeyByHash = (db: Database, hash: string): Promise<StoredKey | undefined> =>
  db.select(COLUMNS).from(keys).where(eq(keys.hash, hash)).get();

/** A workspace's key; undefined when it has none of this id. */
export const findKey = (db: Database, workspace: string, keyId: string): Promise<StoredKey | undefined> =>
  db.select(COLUMNS).from(keys).where(ofId(workspace, keyId)).get();

/** One page of a workspace's keys, newest first, those that are revoked or expired included. */
export function listKeys(
  db: Database,
  workspace: string,
  { limit, after }: { limit: number; after: Position | undefined },
): Promise<StoredKey[]> {
  const columns = { workspace: keys.workspace, created_at: keys.created_at, id: keys.key_id };
  const { where, orderBy } = newestFirst(columns, workspace, {}, after);
  return db
    .select(COLUMNS)
    .from(keys)
    .where(where)
    .orderBy(...orderBy)
    .limit(limit);
}

/** `known`: its id is there already. `full`: the workspace has `most` live keys. Then nothing is stored. */
export type AddedKey = "added" | "known" | "full";

/** Stores a key and puts it on record, both or none. Two with one id at once: one is `added`. */
export async function addKey(db: Database, row: KeyRow, by: Actor, most: number): Promise<AddedKey> {
  const { workspace, key_id } = row;
  const record = auditRow({ workspace, action: "key.created", subject: key_id, detail: detailOf(row) }, by, row.created_at);
  const room = sql`(${liveKeys(db, workspace, row.created_at)}) < ${most}`;
  const [, , stored] = await db.batch([
    insertKey(db, row, room),
    auditStatementIf(db, record, isStored(row)),
    db.select({ hash: keys.hash }).from(keys).where(eq(keys.key_id, key_id)),
  ]);
  if (stored[0] === undefined) return "full";
  return stored[0].hash === row.hash ? "added" : "known";
}

/**
 * Stores the key that takes the place of `old`, which expires at `oldExpiresAt` (milliseconds) at the latest from then on, and
 * puts it on record, all or nothing. False when `old` was replaced, revoked or expired in the meantime.
 */
export async function replaceKey(db: Database, old: StoredKey, next: KeyRow, oldExpiresAt: number, by: Actor): Promise<boolean> {
  const { workspace, key_id } = old;
  const detail = { rotated_to: next.key_id, expires_at: new Date(oldExpiresAt).toISOString() };
  const record = auditRow({ workspace, action: "key.rotated", subject: key_id, detail }, by, next.created_at);
  const isFree = sql`exists (select 1 from ${keys} where ${and(ofId(workspace, key_id), isNull(keys.rotated_to), isLive(next.created_at))})`;
  const expires_at = sql`min(coalesce(${keys.expires_at}, ${oldExpiresAt}), ${oldExpiresAt})`;
  const [, , , stored] = await db.batch([
    insertKey(db, next, isFree),
    auditStatementIf(db, record, isStored(next)),
    db
      .update(keys)
      .set({ rotated_to: next.key_id, expires_at })
      .where(and(ofId(workspace, key_id), isStored(next), isNull(keys.rotated_to))),
    db.select({ hash: keys.hash }).from(keys).where(eq(keys.key_id, next.key_id)),
  ]);
  return stored[0]?.hash === next.hash;
}

/** Revokes a key for good and puts it on record, once; later calls change nothing. */
export async function revokeKey(db: Database, { workspace, key_id, name }: StoredKey, by: Actor, now: number): Promise<void> {
  const record = auditRow({ workspace, action: "key.revoked", subject: key_id, detail: { name } }, by, now);
  const isOpen = sql`exists (select 1 from ${keys} where ${and(ofId(workspace, key_id), isNull(keys.revoked_at))})`;
  await db.batch([
    auditStatementIf(db, record, isOpen),
    db
      .update(keys)
      .set({ revoked_at: now })
      .where(and(ofId(workspace, key_id), isNull(keys.revoked_at))),
  ]);
}

/** The statement that stores a workspace's first key, for the batch that makes the workspace. */
export const keyStatements = (db: Database, row: KeyRow, by: Actor) => {
  const { workspace, key_id, created_at } = row;
  const record = auditRow({ workspace, action: "key.created", subject: key_id, detail: detailOf(row) }, by, created_at);
  return [db.insert(keys).values(row), auditStatement(db, record)] as const;
};

const detailOf = ({ name, scopes, expires_at }: KeyRow) => ({
  name,
  scopes,
  expires_at: expires_at === null ? null : new Date(expires_at).toISOString(),
});

const ofId = (workspace: string, keyId: string) => and(eq(keys.workspace, workspace), eq(keys.key_id, keyId));
const isLive = (now: number) => and(isNull(keys.revoked_at), or(isNull(keys.expires_at), gt(keys.expires_at, now)));
const isStored = ({ key_id, hash }: KeyRow) =>
  sql`exists (select 1 from ${keys} as stored where stored.key_id = ${key_id} and stored.hash = ${hash})`;
const liveKeys = (db: Database, workspace: string, now: number) =>
  db
    .select({ count: count() })
    .from(keys)
    .where(and(eq(keys.workspace, workspace), isLive(now)));

function insertKey(db: Database, row: KeyRow, condition: SQL) {
  const values = Object.entries(getTableColumns(keys)).map(([name, column]) => {
    const value = row[name as keyof KeyRow];
    return sql`${value === null ? null : column.mapToDriverValue(value)}`;
  });
  return db
    .insert(keys)
    .select(sql`select ${sql.join(values, sql.raw(", "))} where ${condition}`)
    .onConflictDoNothing();
}
