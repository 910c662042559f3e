import type { Config } from "../config.ts";
import type { Database } from "../db/client.ts";
import {
  type Claims,
  claimDeliveries,
  type DeliveryKey,
  type DeliveryRow,
  type Released,
  releaseDeliveries,
} from "../db/webhook-deliveries.ts";
import { eachLimited } from "../lib/each-limited.ts";
import { describeError, log } from "../lib/log.ts";
import { aimOf, targetOf } from "./aim.ts";
import { ring, type WebhookQueue } from "./doorbell.ts";
import type { Lanes } from "./lanes.ts";
import { type SendDeps, sendWebhook } from "./send-webhook.ts";
import { settleAttempt } from "./settle-attempt.ts";
import { signatureHeaders } from "./signature.ts";

/** How long a claim lasts. A run that began at its start has ended by then. */
const CLAIM_MS = 60_000;
/** After this no run begins another attempt. */
const BEGINS_MS = 12_000;
/** What is due again within this is rung for at once, with a delay; the sweep sees to what is later. */
const RUNG_MS = 60_000;
const AT_ONCE = 5;
const GONE = 410;

export type DeliverDeps = {
  db: Database;
  config: Config;
  queue: WebhookQueue;
  lanes: Lanes;
  now: () => number;
  random: () => number;
  fetch: SendDeps["fetch"];
};

/** Claims those of the named deliveries that are due. Resolves, once they are, with the run that attempts each of them once. */
export async function claimDue(keys: readonly DeliveryKey[], deps: DeliverDeps): Promise<() => Promise<void>> {
  const now = deps.now();
  const claims = await claimDeliveries(deps.db, keys, now, now + CLAIM_MS);
  return () => attemptAll(claims, now + BEGINS_MS, deps);
}

/** Target by target, so that none waits for another. What does not begin in time is given back, and is due in its turn. */
async function attemptAll(claims: Claims, beginBy: number, deps: DeliverDeps): Promise<void> {
  const busy: Released[] = [];
  const targets = Map.groupBy(claims.deliveries, targetOf);
  const runs = [...targets].map(([target, deliveries]) =>
    eachLimited(deliveries, AT_ONCE, async (delivery) => {
      const now = deps.now();
      if (now > beginBy || !deps.lanes.enter(target, now))
        return void busy.push({ ...delivery, next_attempt_at: deps.lanes.nextTurn(target, now) });
      await attemptOne(delivery, claims, deps).finally(() => deps.lanes.leave(target, now, deps.now()));
    }).catch((cause) => logNotStored(deliveries, cause)),
  );
  await Promise.all(runs);
  await releaseDeliveries(deps.db, busy);
  await ringSoon(busy, deps);
}

/** Rings for those that are due again soon, each at its time to the second. */
async function ringSoon(due: readonly Released[], { queue, now }: DeliverDeps): Promise<void> {
  const from = now();
  const soon = due.filter(({ next_attempt_at }) => next_attempt_at - from <= RUNG_MS);
  const bells = Map.groupBy(soon, ({ next_attempt_at }) => Math.ceil((next_attempt_at - from) / 1_000));
  await Promise.all([...bells].map(([seconds, keys]) => ring(queue, keys, seconds)));
}

/** Without the address, which may hold a token of the receiver's. */
function logNotStored([first]: readonly DeliveryRow[], cause: unknown): void {
  const fields = { workspace: first?.workspace, endpoint: first?.endpoint_id, cause: describeError(cause) };
  log.error(fields, "what a webhook came to could not be stored");
}

async function attemptOne(delivery: DeliveryRow, claims: Claims, deps: DeliverDeps): Promise<void> {
  const began = deps.now();
  const next = await settleAttempt(delivery, { began, ...(await attempt(delivery, claims, began, deps)) }, deps);
  if (next !== undefined) await ringSoon([{ ...delivery, next_attempt_at: next }], deps);
}

async function attempt(delivery: DeliveryRow, claims: Claims, at: number, deps: DeliverDeps) {
  const aim = await aimOf(delivery, claims, deps);
  const { url } = aim;
  if ("problem" in aim) return { url, headers: {}, sent: aim.problem, isFinal: aim.isFinal };
  const { message_id: id, payload } = delivery;
  const headers = { "content-type": "application/json", "user-agent": "depute" };
  const signed = { ...headers, ...signatureHeaders({ id, at, payload }, aim.secrets) };
  const sent = await sendWebhook(url, { payload, headers: signed }, deps);
  const { "webhook-signature": _, ...shown } = signed;
  return { url, headers: shown, sent, isFinal: sent.status === GONE };
}
