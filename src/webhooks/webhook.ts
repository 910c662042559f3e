import { z } from "zod";
import { DELIVERY_STATUSES, type DeliveryRow, type DeliveryStatus } from "../db/webhook-deliveries.ts";
import type { StoredEndpoint } from "../db/webhook-endpoints.ts";
import { MAX_URL_CHARACTERS } from "./target-guard.ts";
import { TEST_EVENT, WEBHOOK_EVENTS } from "./webhook-event.ts";

const DEFAULT_OVERLAP_SECONDS = 86_400;
const MOST_OVERLAP_SECONDS = 604_800;
/** Stands for all events, those of later versions included. */
const ALL = "*";

export const WebhookId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/);
export const DeliveryId = z.string().regex(/^dlv_[A-Za-z0-9._:-]{1,250}$/);

const Events = z
  .array(z.enum([...WEBHOOK_EVENTS, ALL]))
  .min(1)
  .max(WEBHOOK_EVENTS.length + 1)
  .transform((events) => (events.includes(ALL) ? [ALL] : WEBHOOK_EVENTS.filter((event) => events.includes(event))))
  .meta({ description: "What it is told of; `*` stands for everything, also what later versions add." });

const Fields = {
  url: z.string().min(1).max(MAX_URL_CHARACTERS).meta({
    description: "A public https address, port 443 or 8443. Redirects are not followed.",
    example: "https://example.com/hooks/depute",
  }),
  events: Events,
  description: z.string().trim().min(1).max(500).nullable().optional().meta({ description: "For people." }),
};

/** The body of `POST /v1/webhooks`. */
export const WebhookInput = z.strictObject(Fields).meta({ id: "WebhookInput" });
export type WebhookBody = z.input<typeof WebhookInput>;
/** The body of `PUT /v1/webhooks/{webhook_id}`. */
export const WebhookChange = z
  .strictObject({
    ...Fields,
    enabled: z.boolean().default(true).meta({ description: "False: it is told nothing until it is enabled again." }),
  })
  .meta({ id: "WebhookChange", description: "Replaces all of it but the secret; enables it again when it was disabled." });
export type WebhookChange = z.infer<typeof WebhookChange>;
/** The same as callers write it, without what has a default. */
export type WebhookChangeBody = z.input<typeof WebhookChange>;

/** The body of the calls that replace a secret. */
export const SecretRotation = z
  .strictObject({
    overlap: z.int().min(0).max(MOST_OVERLAP_SECONDS).default(DEFAULT_OVERLAP_SECONDS).meta({
      description: "For how many seconds the old secret signs as well. One that was replaced before ends at once.",
    }),
  })
  .meta({ id: "SecretRotation" });
export type SecretRotationBody = z.input<typeof SecretRotation>;

const Time = z.iso.datetime().meta({ example: "2026-11-22T10:30:45.123Z" });

/** An endpoint as the API shows it. */
export const Webhook = z
  .object({
    id: z.string(),
    url: z.string(),
    events: z.array(z.string()),
    description: z.string().nullable(),
    created_at: Time,
    created_by: z.string(),
    enabled: z.boolean(),
    disabled_at: Time.nullable(),
    disabled_because: z.string().nullable(),
    failing_since: Time.nullable().meta({ description: "Since when every delivery failed; null after a success." }),
    old_secret_until: Time.nullable().meta({ description: "Until then the secret before the last rotation signs as well." }),
  })
  .meta({ id: "Webhook" });
export type Webhook = z.infer<typeof Webhook>;

const Secret = z
  .string()
  .meta({ description: "Signs what is sent: `whsec_` and 32 random bytes in base64.", example: "whsec_…" });

/** The answers that show an endpoint's secret: its creation, and each rotation. */
export const NewWebhook = Webhook.extend({ secret: Secret }).meta({ id: "NewWebhook" });
export type NewWebhook = z.infer<typeof NewWebhook>;

/** The workspace's own secret. */
export const WebhookSecret = z
  .object({ secret: Secret, old_secret_until: Time.nullable() })
  .meta({ id: "WebhookSecret", description: "Signs what goes to the `webhook_url` of a delegation, batch or flow." });
export type WebhookSecret = z.infer<typeof WebhookSecret>;

const Attempt = z
  .object({
    at: Time,
    url: z.string(),
    request_headers: z.record(z.string(), z.string()).meta({ description: "Without the signature." }),
    status: z.int().nullable().meta({ description: "Of the answer; null when there was none." }),
    response_excerpt: z.string().nullable().meta({ description: "The first 1,000 characters of the answer." }),
    error: z.string().nullable(),
    ms: z.int(),
  })
  .meta({ id: "WebhookAttempt" });

/** One event for one endpoint or address, as the API shows it. */
export const WebhookDelivery = z
  .object({
    id: z.string(),
    webhook_id: z
      .string()
      .nullable()
      .meta({ description: "The endpoint; null for the `webhook_url` of a delegation, batch or flow." }),
    url: z.string().meta({ description: "Where it goes. An endpoint that was changed since is sent it at its new address." }),
    message_id: z.string().meta({ description: "The `webhook-id` that the receiver sees, the same in every attempt." }),
    type: z.string().meta({ example: TEST_EVENT }),
    status: z.enum(DELIVERY_STATUSES),
    created_at: Time,
    delivered_at: Time.nullable(),
    next_attempt_at: Time.nullable().meta({ description: "Of a pending one; null when there is none." }),
    attempts: z.array(Attempt).meta({ description: "The last 20." }),
    payload: z.string().meta({ description: "The body that is sent." }),
  })
  .meta({ id: "WebhookDelivery" });
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;

/** `now` in milliseconds. */
export function webhookView(row: StoredEndpoint, now: number): Webhook {
  return {
    id: row.endpoint_id,
    url: row.url,
    events: Array.isArray(row.events) ? row.events.map(String) : [],
    description: row.description,
    created_at: timeOf(row.created_at),
    created_by: row.created_by,
    enabled: row.disabled_at === null,
    disabled_at: maybeTime(row.disabled_at),
    disabled_because: row.disabled_because,
    failing_since: maybeTime(row.failing_since),
    old_secret_until: overlapEnd(row, now),
  };
}

export function deliveryView(row: DeliveryRow): WebhookDelivery {
  return {
    id: row.delivery_id,
    webhook_id: row.endpoint_id,
    url: row.url,
    message_id: row.message_id,
    type: row.type,
    status: row.status as DeliveryStatus,
    created_at: timeOf(row.created_at),
    delivered_at: maybeTime(row.delivered_at),
    next_attempt_at: row.status === "pending" ? maybeTime(row.next_attempt_at) : null,
    attempts: Array.isArray(row.log) ? (row.log as WebhookDelivery["attempts"]) : [],
    payload: row.payload,
  };
}

/** When the overlap of a rotation ends; null when it has, or there was none. */
export const overlapEnd = ({ old_secret_until }: { old_secret_until: number | null }, now: number): string | null =>
  old_secret_until !== null && old_secret_until > now ? timeOf(old_secret_until) : null;

const timeOf = (at: number): string => new Date(at).toISOString();
const maybeTime = (at: number | null): string | null => (at === null ? null : timeOf(at));
