import { z } from "zod";
import { createDatabase } from "../db/client.ts";
import { listDeliveries } from "../db/list-deliveries.ts";
import { addTest, DELIVERY_STATUSES, type DeliveryRow, findDelivery, redeliver } from "../db/webhook-deliveries.ts";
import type { StoredEndpoint } from "../db/webhook-endpoints.ts";
import { AppError } from "../errors.ts";
import type { Principal } from "../keys/principal.ts";
import { ring } from "../webhooks/doorbell.ts";
import { DeliveryId, deliveryView, WebhookDelivery } from "../webhooks/webhook.ts";
import { payloadOf, TEST_EVENT } from "../webhooks/webhook-event.ts";
import { actorOf } from "./actor.ts";
import type { Api } from "./api.ts";
import type { HttpContext } from "./http-env.ts";
import { listPage, PAGE_PARAMETERS, pageSchema } from "./list-page.ts";
import type { Operation } from "./operation.ts";
import { listParameter } from "./query-parameters.ts";
import { endpointOf, WEBHOOKS, WebhookPath } from "./webhook-routes.ts";

/** One page of deliveries. */
export const DELIVERY_PAGE = pageSchema(WebhookDelivery, "WebhookDeliveryList");
/** The answer to what is sent from now on. */
export const DELIVERY_ACCEPTED = { 202: { description: "It is on its way.", schema: WebhookDelivery } } as const;

const list = {
  ...WEBHOOKS,
  method: "get",
  path: "/v1/webhooks/{webhook_id}/deliveries",
  id: "listWebhookDeliveries",
  summary: "List what was and is to be sent to an endpoint, newest first",
  description: "With every attempt: what was answered, and how long it took. Kept for RETENTION_DAYS after the last attempt.",
  pathSchema: WebhookPath,
  querySchema: z.strictObject({ status: listParameter(DELIVERY_STATUSES, "").optional(), ...PAGE_PARAMETERS }),
  successes: { 200: { description: "One page.", schema: DELIVERY_PAGE } },
  errors: ["not_found"],
} as const satisfies Operation;

const test = {
  ...WEBHOOKS,
  method: "post",
  path: "/v1/webhooks/{webhook_id}/test",
  id: "testWebhook",
  summary: `Send an endpoint a ${TEST_EVENT} event`,
  description: "Whatever its events are. What came of it is among its deliveries.",
  pathSchema: WebhookPath,
  successes: DELIVERY_ACCEPTED,
  errors: ["not_found", "conflict"],
} as const satisfies Operation;

const again = {
  ...WEBHOOKS,
  method: "post",
  path: "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
  id: "redeliverWebhook",
  summary: "Send a delivery again, now",
  description: "With the same `webhook-id`, on a new schedule of retries. One that is being sent just now stays as it is.",
  pathSchema: WebhookPath.extend({ delivery_id: DeliveryId.meta({ description: "The id of the delivery." }) }),
  successes: DELIVERY_ACCEPTED,
  errors: ["not_found", "conflict"],
} as const satisfies Operation;

/** What endpoints are sent. */
export function addWebhookDeliveries(api: Api): void {
  api.add(list, async ({ context, principal: { workspace }, path: { webhook_id }, query }) => {
    await endpointOf(context, workspace, webhook_id);
    const { status, ...page } = query;
    const of = { workspace, endpoint_id: webhook_id };
    const { rows, next_cursor } = await listPage(
      page,
      { list: "webhook-deliveries", ...of, status },
      (part) => listDeliveries(createDatabase(context.env.DB), of, { status }, part),
      ({ created_at, delivery_id }) => ({ value: created_at, id: delivery_id }),
    );
    return context.json({ data: rows.map(deliveryView), next_cursor });
  });
  api.add(test, async ({ context, principal, path: { webhook_id } }) => {
    const { workspace } = principal;
    const { endpoint_id, url } = await enabledEndpoint(context, workspace, webhook_id);
    const now = Date.now();
    const id = crypto.randomUUID().replaceAll("-", "");
    const row = {
      workspace,
      delivery_id: `dlv_${id}`,
      message_id: `msg_${id}`,
      endpoint_id,
      url,
      type: TEST_EVENT,
      payload: payloadOf(TEST_EVENT, now, { webhook_id: endpoint_id }),
      status: "pending",
      created_at: now,
      next_attempt_at: now,
      claimed_until: null,
      delivered_at: null,
      attempts: 0,
      log: [],
    };
    await addTest(createDatabase(context.env.DB), row, actorOf(context, principal));
    await ring(context.env.WEBHOOK_QUEUE, [row]);
    return context.json(deliveryView(row), 202);
  });
  api.add(again, async ({ context, principal, path: { webhook_id, delivery_id } }) => {
    const { workspace } = principal;
    await enabledEndpoint(context, workspace, webhook_id);
    const database = createDatabase(context.env.DB);
    const known = await findDelivery(database, { workspace, delivery_id, endpoint_id: webhook_id });
    if (known === undefined) throw new AppError("not_found", `The webhook ${webhook_id} has no delivery ${delivery_id}.`);
    return redelivered(context, principal, known);
  });
}

/** Makes a delivery due at once, and answers how it then stands. */
export async function redelivered(context: HttpContext, principal: Principal, known: DeliveryRow): Promise<Response> {
  const database = createDatabase(context.env.DB);
  await redeliver(database, known, actorOf(context, principal), Date.now());
  await ring(context.env.WEBHOOK_QUEUE, [known]);
  return context.json(deliveryView((await findDelivery(database, known)) ?? known), 202);
}

/** An endpoint that is told things. Throws AppError `not_found` or, when it is disabled, `conflict`. */
export async function enabledEndpoint(context: HttpContext, workspace: string, webhookId: string): Promise<StoredEndpoint> {
  const endpoint = await endpointOf(context, workspace, webhookId);
  if (endpoint.disabled_at === null) return endpoint;
  throw new AppError("conflict", `The webhook ${webhookId} is disabled: ${endpoint.disabled_because} PUT it to enable it again.`);
}
