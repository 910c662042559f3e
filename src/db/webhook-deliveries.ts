import { and, eq, getTableColumns, inArray, lte, ne, type SQL, sql } from "drizzle-orm";
import { type AuditRow, auditStatementIf } from "./audit.ts";
import type { Database } from "./client.ts";
import { newestFirst } from "./newest-first.ts";
import type { Position } from "./position.ts";
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

const COLUMNS = { ...getTableColumns(deliveries), log: sql<unknown>`${deliveries.log}`.mapWith(jsonOrNothing) };
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
    db.update(deliveries).set({ claimed_until: until, next_attempt_at: until }).where(due).returning(COLUMNS),
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

/** One page of what was sent to an endpoint (null: to addresses that bodies named), newest first. */
export function listDeliveries(
  db: Database,
  { workspace, endpoint_id }: { workspace: string; endpoint_id: string | null },
  filters: { status?: readonly DeliveryStatus[] | undefined },
  { limit, after }: { limit: number; after: Position | undefined },
): Promise<DeliveryRow[]> {
  const columns = {
    workspace: deliveries.workspace,
    created_at: deliveries.created_at,
    status: deliveries.status,
    id: delivery_id,
  };
  const { where, orderBy } = newestFirst(columns, workspace, filters, after);
  return db
    .select(COLUMNS)
    .from(deliveries)
    .where(and(where, sql`${deliveries.endpoint_id} is ${endpoint_id}`))
    .orderBy(...orderBy)
    .limit(limit);
}

/** A delivery of an endpoint; undefined when it has none of this id. */
export const findDelivery = (db: Database, workspace: string, endpointId: string, id: string): Promise<DeliveryRow | undefined> =>
  db
    .select(COLUMNS)
    .from(deliveries)
    .where(ofOne(workspace, endpointId, id))
    .get();

const ofOne = (of: string, endpointId: string, id: string) =>
  and(eq(workspace, of), eq(delivery_id, id), eq(deliveries.endpoint_id, endpointId));

/** Makes a delivery due at `now` (milliseconds) as if it had never been attempted; what was, stays in its log. A claimed one stays as it is. */
export async function redeliver(db: Database, of: string, endpointId: string, id: string, now: number): Promise<void> {
  await db
    .update(deliveries)
    .set({ status: "pending", next_attempt_at: now, delivered_at: null, attempts: 0 })
    .where(and(ofOne(of, endpointId, id), sql`${deliveries.claimed_until} is null`));
}

/** Stores a delivery that no announcement made. */
export async function addDelivery(db: Database, row: typeof deliveries.$inferInsert): Promise<void> {
  await db.insert(deliveries).values(row);
}
