import { and, desc, eq, getTableColumns, gte, lt, type SQL, sql } from "drizzle-orm";
import { decodeTime, encodeTime, monotonicFactory } from "ulid";
import type { Database } from "./client.ts";
import type { Position } from "./position.ts";
import { audit } from "./team-schema.ts";

/** All that is put on record, by what it was done to. */
export const AUDIT_ACTIONS = [
  "workspace.created",
  "key.created",
  "key.rotated",
  "key.revoked",
  "agent.saved",
  "agent.deleted",
  "budget.saved",
  "budget.deleted",
  "delegation.approved",
  "delegation.rejected",
  "delegation.deleted",
  "webhook.created",
  "webhook.updated",
  "webhook.deleted",
  "webhook.disabled",
  "webhook.enabled",
  "webhook.secret_rotated",
  "webhook.tested",
  "webhook.redelivered",
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Who does it: the name and id of their key, and the request they do it with. */
export type Actor = { actor: string; key_id: string | null; request_id: string | null };

/** What was done, to whom: ids, names, numbers and words of ours; never a secret, a prompt or an output. */
export type Deed = {
  workspace: string;
  action: AuditAction;
  /** The id or name of what it was done to. */
  subject: string;
  detail?: { readonly [name: string]: string | number | boolean | null | readonly string[] };
};

export type AuditRow = typeof audit.$inferSelect;

/** SQLite holds columns to no type. */
export type StoredAudit = Omit<AuditRow, "detail"> & { detail: unknown };

const TIME_DIGITS = 10;
let ulids: ReturnType<typeof monotonicFactory> | undefined;

/** Ids that sort by time, also those of one millisecond made in one isolate. */
function nextAuditId(now: number): string {
  // Workers refuse random numbers until a request runs.
  ulids ??= monotonicFactory();
  return ulids(now);
}

/** A row of the audit as of `now` (milliseconds). */
export function auditRow(deed: Deed, by: Actor, now: number, nextId: (now: number) => string = nextAuditId): AuditRow {
  const id = nextId(now);
  return { ...deed, ...by, detail: deed.detail ?? null, id, at: decodeTime(id) };
}

/** The statement that puts it on record, for a `db.batch` together with the change it tells of. Idempotent by the row's id. */
export const auditStatement = (db: Database, row: AuditRow) => db.insert(audit).values(row).onConflictDoNothing();

/** The same, put on record only if `condition` holds when the batch comes to it. */
export function auditStatementIf(db: Database, row: AuditRow, condition: SQL) {
  const detail = row.detail === null ? null : JSON.stringify(row.detail);
  return db.insert(audit).select(
    sql`select ${row.workspace}, ${row.id}, ${row.at}, ${row.actor}, ${row.key_id}, ${row.action}, ${row.subject}, ${detail}, ${row.request_id}
        where ${condition}`,
  );
}

/** Puts on record what was done and is stored elsewhere than in this database. */
export async function recordAudit(db: Database, deed: Deed, by: Actor, now: number = Date.now()): Promise<void> {
  await auditStatement(db, auditRow(deed, by, now)).run();
}

/** What the audit can be narrowed to. Times in milliseconds, `created_after` included, `created_before` not. */
export type AuditFilters = {
  action?: AuditAction | undefined;
  actor?: string | undefined;
  subject?: string | undefined;
  created_after?: number | undefined;
  created_before?: number | undefined;
};

/** One page of a workspace's audit, newest first, in the order of its primary key. */
export function listAudit(
  db: Database,
  workspace: string,
  { action, actor, subject, created_after, created_before }: AuditFilters,
  { limit, after }: { limit: number; after: Position | undefined },
): Promise<StoredAudit[]> {
  const where = and(
    eq(audit.workspace, workspace),
    action && eq(audit.action, action),
    actor === undefined ? undefined : eq(audit.actor, actor),
    subject === undefined ? undefined : eq(audit.subject, subject),
    created_after === undefined ? undefined : gte(audit.id, firstIdAt(created_after)),
    created_before === undefined ? undefined : lt(audit.id, firstIdAt(created_before)),
    after && lt(audit.id, after.id),
  );
  return db.select(COLUMNS).from(audit).where(where).orderBy(desc(audit.id)).limit(limit);
}

const COLUMNS = { ...getTableColumns(audit), detail: sql<unknown>`${audit.detail}`.mapWith(jsonOrNothing) };

/** No id of this millisecond or later is less than this. */
const firstIdAt = (at: number): string => encodeTime(Math.max(0, at), TIME_DIGITS);

function jsonOrNothing(stored: string): unknown {
  try {
    return JSON.parse(stored);
  } catch {
    return null;
  }
}
