import type { Config } from "../config.ts";
import { auditRow } from "../db/audit.ts";
import type { Database } from "../db/client.ts";
import {
  type AttemptEntry,
  type DeliveryRow,
  type Settled,
  settleDelivered,
  settleDelivery,
  settleFailed,
} from "../db/webhook-deliveries.ts";
import { DISABLED_AFTER_MS, nextAttemptAt } from "./retry-schedule.ts";
import type { Sent } from "./send-webhook.ts";

const DAY_MS = 86_400_000;
/** How many attempts a delivery keeps, the latest. */
const MOST_LOGGED = 20;
const SYSTEM = { actor: "system", key_id: null, request_id: null };

/** One attempt, begun at `began` (milliseconds). `sent` is what came of it, or why nothing was sent at all; `isFinal`: there is no other. */
type Attempted = {
  began: number;
  url: string;
  headers: AttemptEntry["request_headers"];
  sent: Sent | string;
  isFinal: boolean;
};

type SettleDeps = { db: Database; config: Config; now: () => number; random: () => number };

/**
 * Stores what an attempt came to: delivered, to be tried again, or failed for good. Endpoints that fail for too long, or say that they are
 * gone, are disabled. Returns when the next attempt is due (milliseconds); undefined when there is none.
 */
export async function settleAttempt(delivery: DeliveryRow, attempted: Attempted, deps: SettleDeps): Promise<number | undefined> {
  const { db, config, random } = deps;
  const { sent, isFinal } = attempted;
  const now = deps.now();
  const error = typeof sent === "string" ? sent : sent.error;
  const attempts = delivery.attempts + 1;
  const common = { attempts, log: logged(delivery, attempted) };
  const ended = now + config.retentionDays * DAY_MS;
  if (error === null) {
    await settleDelivered(db, delivery, { ...common, status: "delivered", delivered_at: now, next_attempt_at: ended });
    return undefined;
  }
  const retryAfterMs = typeof sent === "string" ? undefined : sent.retryAfterMs;
  const next = isFinal ? undefined : nextAttemptAt(attempts, { now, random: random(), retryAfterMs });
  const status = next === undefined ? "failed" : "pending";
  await store(delivery, { ...common, status, delivered_at: null, next_attempt_at: next ?? ended }, attempted, now, db);
  return next;
}

/** Only what an endpoint was really sent, and did not take, counts against it. */
function store(delivery: DeliveryRow, settled: Settled, { sent, isFinal }: Attempted, now: number, db: Database): Promise<void> {
  const { workspace, endpoint_id } = delivery;
  if (endpoint_id === null || typeof sent === "string") return settleDelivery(db, delivery, settled);
  const because = isFinal ? "It answered 410: it wants no more." : "Every delivery failed for five days.";
  const audit = auditRow({ workspace, action: "webhook.disabled", subject: endpoint_id, detail: { because } }, SYSTEM, now);
  const failingSince = isFinal ? "now" : now - DISABLED_AFTER_MS;
  return settleFailed(db, delivery, settled, now, { at: now, because, audit, failingSince });
}

function logged({ log }: DeliveryRow, { began, url, headers, sent }: Attempted): AttemptEntry[] {
  const nothing = { status: null, excerpt: null, error: String(sent), ms: 0 };
  const { status, excerpt, error, ms } = typeof sent === "string" ? nothing : sent;
  const at = new Date(began).toISOString();
  const entry: AttemptEntry = { at, url, request_headers: headers, status, response_excerpt: excerpt, error, ms };
  const earlier = Array.isArray(log) ? (log as AttemptEntry[]) : [];
  return [...earlier, entry].slice(-MOST_LOGGED);
}
