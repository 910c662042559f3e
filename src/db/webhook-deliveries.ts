import { and, eq, getTableColumns, inArray, lte, ne, type SQL, sql } from "drizzle-orm";
import { type Actor, type AuditRow, auditRow, auditStatement, auditStatementIf } from "./audit.ts";
import type { Database } from "./client.ts";
import { webhook_deliveries as deliveries, webhook_endpoints as endpoints, webhook_secrets } from "./webhook-schema.ts";

export const DELIVERY_STATUSES = ["pending", "delivered", "failed"] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One attempt to deliver, as it is kept. */
export type AttemptEntry = {
  /** ISO 8601. */
  at: string;
  url: string;
  /** Without the signature. */
  request_headers: { [name: string]: string };
  /** Of the answer; null when there was none. */
  status: number | null;
  /** The first 1,000 characters of the answer. */
  response_excerpt: string | null;
  error: string | null;
  ms: number;
};

export type DeliveryRow = Omit<typeof deliveries.$inferSelect, "log"> & { log: unknown };
export type DeliveryKey = Pick<DeliveryRow, "workspace" | "delivery_id">;
export type SealedSecret = { workspace: string; secret: string; old_secret: string | null; old_secret_until: number | null };
type EndpointTarget = SealedSecret & { endpoint_id: string; url: string; disabled_at: number | null };

/** Deliveries that are this run's to attempt until `claimed_until`, with the endpoints and the workspaces' secrets that they need. */
export type Claims = { deliveries: DeliveryRow[]; endpoints: EndpointTarget[]; secrets: SealedSecret[] };

/** All of a row; what cannot be read of its log is none. */
export const DELIVERY_COLUMNS = { ...getTableColumns(deliveries), log: sql<unknown>`${deliveries.log}`.mapWith(jsonOrNothing) };
const { workspace, delivery_id } = deliveries;

function jsonOrNothing(stored: string): unknown {
  try {
    return JSON.parse(stored);
  } catch {
    return null;
  }
}

/** Those of the named deliveries that are due at `now`, claimed until `until` (milliseconds): another run finds them due only after that. */
export async function claimDeliveries(db: Database, keys: readonly DeliveryKey[], now: number, until: number): Promise<Claims> {
  const named = isOneOf(keys);
  const due = and(named, eq(deliveries.status, "pending"), sql`+${deliveries.next_attempt_at} <= ${now}`);
  const used = db.select({ workspace, id: deliveries.endpoint_id }).from(deliveries).where(named);
  const [claimed, targets, secrets] = await db.batch([
    db.update(deliveries).set({ claimed_until: until, next_attempt_at: until }).where(due).returning(DELIVERY_COLUMNS),
    db.select().from(endpoints).where(sql`(${endpoints.workspace}, ${endpoints.endpoint_id}) in ${used}`),
    db
      .select()
      .from(webhook_secrets)
      .where(inArray(webhook_secrets.workspace, [...new Set(keys.map((key) => key.workspace))])),
  ]);
  return { deliveries: claimed, endpoints: targets, secrets };
}

/** What an attempt leaves of its delivery. `next_attempt_at` as in the table. */
export type Settled = {
  status: DeliveryStatus;
  next_attempt_at: number;
  delivered_at: number | null;
  attempts: number;
  log: AttemptEntry[];
};

const isMine = ({ workspace, delivery_id, claimed_until }: DeliveryRow) =>
  and(
    eq(deliveries.workspace, workspace),
    eq(deliveries.delivery_id, delivery_id),
    sql`${deliveries.claimed_until} is ${claimed_until}`,
  );

/** Stores what became of a claimed delivery; nothing when the claim was lost in the meantime. */
export async function settleDelivery(db: Database, claim: DeliveryRow, settled: Settled): Promise<void> {
  await settleStatement(db, claim, settled).run();
}

const settleStatement = (db: Database, claim: DeliveryRow, settled: Settled) =>
  db
    .update(deliveries)
    .set({ ...settled, claimed_until: null })
    .where(isMine(claim));

/** A delivery of one run's claim, with the time at which it shall be due again (milliseconds). */
export type Released = DeliveryRow & { next_attempt_at: number };

/** Gives claimed deliveries back, all of one run. */
export async function releaseDeliveries(db: Database, claims: readonly Released[]): Promise<void> {
  if (claims.length === 0) return;
  const named = JSON.stringify(claims.map((claim) => [claim.workspace, claim.delivery_id, claim.next_attempt_at]));
  const isReleased = sql`(${workspace}, ${delivery_id}) = (${field(0)}, ${field(1)})`;
  await db
    .update(deliveries)
    .set({ claimed_until: null, next_attempt_at: field(2) })
    .from(sql`json_each(${named}) as key`)
    .where(and(isReleased, eq(deliveries.claimed_until, claims[0]?.claimed_until ?? 0)));
}

/** An endpoint took a delivery: it does not fail any more. */
export async function settleDelivered(db: Database, claim: DeliveryRow, settled: Settled): Promise<void> {
  const recovered = db
    .update(endpoints)
    .set({ failing_since: null })
    .where(and(ofEndpoint(claim), sql`${endpoints.failing_since} is not null`));
  await db.batch([settleStatement(db, claim, settled), recovered]);
}

/** When an endpoint is disabled for failing: since before `failingSince` (milliseconds), or at once. `audit` then is put on record. */
export type Disabling = { at: number; because: string; audit: AuditRow; failingSince: number | "now" };

/** An endpoint did not take a delivery: it fails since `now` (milliseconds), unless it did before, and for too long it is disabled. */
export async function settleFailed(
  db: Database,
  claim: DeliveryRow,
  settled: Settled,
  now: number,
  end: Disabling,
): Promise<void> {
  const isOpen = and(ofEndpoint(claim), sql`${endpoints.disabled_at} is null`);
  const isOver = end.failingSince === "now" ? isOpen : and(isOpen, lte(endpoints.failing_since, end.failingSince));
  await db.batch([
    settleStatement(db, claim, settled),
    auditStatementIf(db, end.audit, sql`exists (select 1 from ${endpoints} where ${isOver})`),
    db.update(endpoints).set({ disabled_at: end.at, disabled_because: end.because }).where(isOver),
    db
      .update(endpoints)
      .set({ failing_since: now })
      .where(and(ofEndpoint(claim), sql`${endpoints.failing_since} is null`)),
  ]);
}

const ofEndpoint = (claim: DeliveryRow) =>
  and(eq(endpoints.workspace, claim.workspace), eq(endpoints.endpoint_id, claim.endpoint_id ?? ""));

/** Of what `json_each(…) as key` lists. */
const field = (index: number): SQL<number> => sql.raw(`json_extract(key.value, '$[${index}]')`) as SQL<number>;

function isOneOf(keys: readonly DeliveryKey[]): SQL {
  const named = JSON.stringify(keys.map((key) => [key.workspace, key.delivery_id]));
  return sql`(${workspace}, ${delivery_id}) in (select ${field(0)}, ${field(1)} from json_each(${named}) as key)`;
}

/** At most `limit` deliveries that are due at `now` (milliseconds): to be attempted (pending), or to be deleted. The longest overdue first. */
export function dueDeliveries(db: Database, now: number, limit: number): Promise<(DeliveryKey & { status: string })[]> {
  return db
    .select({ workspace, delivery_id, status: deliveries.status })
    .from(deliveries)
    .where(lte(deliveries.next_attempt_at, now))
    .orderBy(deliveries.next_attempt_at)
    .limit(limit);
}

/** Deletes deliveries that have ended. */
export async function deleteDeliveries(db: Database, keys: readonly DeliveryKey[]): Promise<void> {
  if (keys.length > 0) await db.delete(deliveries).where(and(isOneOf(keys), ne(deliveries.status, "pending")));
}

/** A delivery of a workspace, of this `endpoint_id` if one is given (null: of none); undefined when there is none of this id. */
export const findDelivery = (
  db: Database,
  key: DeliveryKey & { endpoint_id?: string | null },
): Promise<DeliveryRow | undefined> => db.select(DELIVERY_COLUMNS).from(deliveries).where(ofOne(key)).get();

const ofOne = (key: DeliveryKey & { endpoint_id?: string | null }) =>
  and(
    eq(workspace, key.workspace),
    eq(delivery_id, key.delivery_id),
    key.endpoint_id === undefined ? undefined : sql`${deliveries.endpoint_id} is ${key.endpoint_id}`,
  );

/**
 * Makes a delivery due at `now` (milliseconds) as if it had never been attempted, and puts that on record; what was, stays in its log.
 * A claimed one stays as it is.
 */
export async function redeliver(db: Database, row: DeliveryRow, by: Actor, now: number): Promise<void> {
  const { workspace: of, delivery_id: id, endpoint_id } = row;
  const isFree = and(ofOne({ workspace: of, delivery_id: id }), sql`${deliveries.claimed_until} is null`);
  const deed = {
    workspace: of,
    action: "webhook.redelivered",
    subject: endpoint_id ?? "webhook_url",
    detail: { delivery_id: id },
  } as const;
  await db.batch([
    auditStatementIf(db, auditRow(deed, by, now), sql`exists (select 1 from ${deliveries} where ${isFree})`),
    db.update(deliveries).set({ status: "pending", next_attempt_at: now, delivered_at: null, attempts: 0 }).where(isFree),
  ]);
}

/** Stores a test of an endpoint, and puts it on record. */
export async function addTest(
  db: Database,
  row: typeof deliveries.$inferInsert & { endpoint_id: string },
  by: Actor,
): Promise<void> {
  const { workspace: of, endpoint_id, delivery_id: id, created_at } = row;
  const deed = { workspace: of, action: "webhook.tested", subject: endpoint_id, detail: { delivery_id: id } } as const;
  await db.batch([db.insert(deliveries).values(row), auditStatement(db, auditRow(deed, by, created_at))]);
}
