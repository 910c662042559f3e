import { z } from "zod";
import { createDatabase } from "../db/client.ts";
import { listAllDeliveries } from "../db/list-deliveries.ts";
import { DELIVERY_STATUSES, findDelivery } from "../db/webhook-deliveries.ts";
import { AppError } from "../errors.ts";
import { DeliveryId, deliveryView } from "../webhooks/webhook.ts";
import { eventIdsOf, SUBJECTS } from "../webhooks/webhook-event.ts";
import type { Api } from "./api.ts";
import { listPage, PAGE_PARAMETERS } from "./list-page.ts";
import type { Operation } from "./operation.ts";
import { listParameter } from "./query-parameters.ts";
import { DELIVERY_ACCEPTED, DELIVERY_PAGE, enabledEndpoint, redelivered } from "./webhook-deliveries.ts";
import { WEBHOOKS } from "./webhook-routes.ts";

const subject = (what: string) =>
  z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: `Those that tell of one ${what}.` });

const list = {
  ...WEBHOOKS,
  method: "get",
  path: "/v1/webhooks/deliveries",
  id: "listDeliveries",
  summary: "List what was and is to be sent to anybody, newest first",
  description:
    "To the endpoints of the workspace, and to each `webhook_url` of a delegation, batch or flow: those have no `webhook_id`. At most one of `task_id`, `batch_id` and `flow_id`.",
  querySchema: z
    .strictObject({
      status: listParameter(DELIVERY_STATUSES, "").optional(),
      task_id: subject("delegation"),
      batch_id: subject("batch"),
      flow_id: subject("flow"),
      ...PAGE_PARAMETERS,
    })
    .superRefine((query, context) => {
      const [, second] = SUBJECTS.filter((name) => query[name] !== undefined);
      if (second !== undefined)
        context.addIssue({ code: "custom", path: [second], message: "comes alone: nothing is told of two" });
    }),
  successes: { 200: { description: "One page.", schema: DELIVERY_PAGE } },
  errors: [],
} as const satisfies Operation;

const again = {
  ...WEBHOOKS,
  method: "post",
  path: "/v1/webhooks/deliveries/{delivery_id}/redeliver",
  id: "redeliver",
  summary: "Send any delivery again, now",
  description:
    "Also one to a `webhook_url`. With the same `webhook-id`, on a new schedule of retries. One that is being sent just now stays as it is.",
  pathSchema: z.strictObject({ delivery_id: DeliveryId.meta({ description: "The id of the delivery." }) }),
  successes: DELIVERY_ACCEPTED,
  errors: ["not_found", "conflict"],
} as const satisfies Operation;

/** What anybody is sent of a workspace. */
export function addWorkspaceDeliveries(api: Api): void {
  api.add(list, async ({ context, principal: { workspace }, query }) => {
    const { status, task_id, batch_id, flow_id, ...page } = query;
    const eventIds = await eventIdsOf(workspace, { task_id, batch_id, flow_id });
    const { rows, next_cursor } = await listPage(
      page,
      { list: "deliveries", workspace, status, task_id, batch_id, flow_id },
      (part) => listAllDeliveries(createDatabase(context.env.DB), workspace, { status, eventIds }, part),
      ({ created_at, delivery_id }) => ({ value: created_at, id: delivery_id }),
    );
    return context.json({ data: rows.map(deliveryView), next_cursor });
  });
  api.add(again, async ({ context, principal, path: { delivery_id } }) => {
    const { workspace } = principal;
    const known = await findDelivery(createDatabase(context.env.DB), { workspace, delivery_id });
    if (known === undefined) throw new AppError("not_found", `There is no delivery ${delivery_id} in this workspace.`);
    if (known.endpoint_id !== null) await enabledEndpoint(context, workspace, known.endpoint_id);
    return redelivered(context, principal, known);
  });
}
