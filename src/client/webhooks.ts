import type { DeliveryStatus } from "../db/webhook-deliveries.ts";
import type {
  NewWebhook,
  SecretRotationBody,
  Webhook,
  WebhookBody,
  WebhookChangeBody,
  WebhookDelivery,
  WebhookSecret,
} from "../webhooks/webhook.ts";
import { ask, type CallOptions, each, find, listed, type Page, type PageOptions, page, pathOf } from "./ask.ts";
import { type Camel, type Input, snake } from "./camel-case.ts";
import type { ApiCall, Transport } from "./transport.ts";

/** An address that is told of what happens. */
export type WebhookRecord = Camel<Webhook>;
/** The same with its `secret`, which is shown this once. */
export type NewWebhookRecord = Camel<NewWebhook>;
/** One event for one endpoint, with every attempt at it. */
export type DeliveryRecord = Camel<WebhookDelivery>;

const post = (...path: readonly string[]): Pick<ApiCall, "method" | "path"> => ({
  method: "POST",
  path: pathOf("webhooks", ...path),
});

/** Who is told of what happens in the workspace, for the scope admin. A secret that was replaced signs `overlap` seconds more. */
export const webhooks = (transport: Transport) => ({
  /** Makes an endpoint. A lost answer is told as `keys.create` tells it. */
  create: (input: Input<WebhookBody>, options: CallOptions = {}): Promise<NewWebhookRecord> =>
    ask<NewWebhook>(transport, { ...post(), body: snake(input), again: "by key", ...options }),
  /** Newest first. */
  list: (options: CallOptions = {}): Promise<WebhookRecord[]> => listed<Webhook>(transport, "/v1/webhooks", options),
  /** One endpoint; null when there is none of this id. */
  get: (id: string, options: CallOptions = {}): Promise<WebhookRecord | null> =>
    find<Webhook>(transport, pathOf("webhooks", id), options),
  /** Replaces all of it but the secret; enables it again when it was disabled. */
  put: (id: string, input: Input<WebhookChangeBody>, options: CallOptions = {}): Promise<WebhookRecord> =>
    ask<Webhook>(transport, { method: "PUT", path: pathOf("webhooks", id), body: snake(input), ...options }),
  /** Deletes it with all its deliveries. */
  delete: (id: string, options: CallOptions = {}): Promise<void> =>
    transport.json({ method: "DELETE", path: pathOf("webhooks", id), ...options }),
  /** Replaces its secret. */
  rotateSecret: (id: string, input: SecretRotationBody = {}, options: CallOptions = {}): Promise<NewWebhookRecord> =>
    ask<NewWebhook>(transport, { ...post(id, "rotate-secret"), body: input, ...options }),
  /** Sends it a test event. */
  test: (id: string, options: CallOptions = {}): Promise<DeliveryRecord> =>
    ask<WebhookDelivery>(transport, { ...post(id, "test"), ...options }),
  /** What was and is to be sent to it, newest first. */
  deliveries: (
    id: string,
    filter: { status?: DeliveryStatus | readonly DeliveryStatus[] } = {},
    options: CallOptions = {},
  ): AsyncGenerator<DeliveryRecord> => each<WebhookDelivery>(transport, pathOf("webhooks", id, "deliveries"), filter, options),
  /** One page of the same. */
  deliveriesPage: (
    id: string,
    filter: { status?: DeliveryStatus | readonly DeliveryStatus[] } = {},
    options: PageOptions = {},
  ): Promise<Page<DeliveryRecord>> => page<WebhookDelivery>(transport, pathOf("webhooks", id, "deliveries"), filter, options),
  /** Sends one again, now. */
  redeliver: (id: string, deliveryId: string, options: CallOptions = {}): Promise<DeliveryRecord> =>
    ask<WebhookDelivery>(transport, { ...post(id, "deliveries", deliveryId, "redeliver"), ...options }),
  /** What was and is to be sent to anybody, newest first: to endpoints, and to the `webhookUrl` of a delegation, batch or flow. */
  allDeliveries: (
    filter: { status?: DeliveryStatus | readonly DeliveryStatus[]; taskId?: string; batchId?: string; flowId?: string } = {},
    options: CallOptions = {},
  ): AsyncGenerator<DeliveryRecord> => each<WebhookDelivery>(transport, "/v1/webhooks/deliveries", filter, options),
  /** Sends any of them again, now. */
  redeliverAny: (deliveryId: string, options: CallOptions = {}): Promise<DeliveryRecord> =>
    ask<WebhookDelivery>(transport, { ...post("deliveries", deliveryId, "redeliver"), ...options }),
  /** The workspace's secret, which signs what goes to the `webhookUrl` of a delegation, batch or flow. */
  workspaceSecret: (options: CallOptions = {}): Promise<Camel<WebhookSecret>> =>
    ask<WebhookSecret>(transport, { method: "GET", path: "/v1/webhooks/secret", ...options }),
  /** Replaces the workspace's secret. */
  rotateWorkspaceSecret: (input: SecretRotationBody = {}, options: CallOptions = {}): Promise<Camel<WebhookSecret>> =>
    ask<WebhookSecret>(transport, { ...post("secret", "rotate"), body: input, ...options }),
});
