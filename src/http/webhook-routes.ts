import { z } from "zod";
import type { Deed } from "../db/audit.ts";
import { createDatabase } from "../db/client.ts";
import {
  addEndpoint,
  changeEndpoint,
  deleteEndpoint,
  type EndpointRow,
  findEndpoint,
  listEndpoints,
  type StoredEndpoint,
} from "../db/webhook-endpoints.ts";
import { AppError } from "../errors.ts";
import { makeSigningSecret } from "../webhooks/signing-secrets.ts";
import { NewWebhook, Webhook, WebhookChange, WebhookId, WebhookInput, webhookView } from "../webhooks/webhook.ts";
import { checkTarget, requireSecret } from "../webhooks/webhook-url.ts";
import { actorOf } from "./actor.ts";
import type { Api } from "./api.ts";
import type { HttpContext } from "./http-env.ts";
import type { Call, Operation } from "./operation.ts";
import { derivedTaskId, idempotencyKey, idFactory } from "./task-id.ts";

const MOST_ENDPOINTS = 20;
const newWebhookId = idFactory("hook");

export const WEBHOOKS = { tag: "Webhooks", scope: "admin" } as const;
export const WebhookPath = z.strictObject({ webhook_id: WebhookId.meta({ description: "The id of the endpoint." }) });
export const WEBHOOK_EXAMPLE = {
  id: "hook_01JD8R3V0Q1M9ZJ6X1W3T4K5N6",
  url: "https://example.com/hooks/depute",
  events: ["delegation.completed", "delegation.failed"],
  description: null,
  created_at: "2026-11-22T10:30:45.123Z",
  created_by: "owner",
  enabled: true,
  disabled_at: null,
  disabled_because: null,
  failing_since: null,
  old_secret_until: null,
};

const create = {
  ...WEBHOOKS,
  method: "post",
  path: "/v1/webhooks",
  id: "createWebhook",
  summary: "Have an address told of what happens in this workspace",
  description: `Signed by Standard Webhooks 1.0, at least once. A workspace has at most ${MOST_ENDPOINTS} endpoints. Needs the setting DEPUTE_SECRET, else 503.`,
  bodySchema: WebhookInput,
  bodyExample: { url: WEBHOOK_EXAMPLE.url, events: WEBHOOK_EXAMPLE.events },
  headers: {
    "Idempotency-Key":
      "1–255 printable ASCII characters. The id is derived from it: sent again it is 409 `already_created` and names that id, since the secret is shown once only.",
  },
  successes: {
    201: {
      description: "The endpoint with its secret, shown this once.",
      schema: NewWebhook,
      example: { ...WEBHOOK_EXAMPLE, secret: "whsec_…" },
      headers: { Location: "The endpoint's address." },
    },
  },
  errors: ["conflict", "already_created"],
} as const satisfies Operation;

const list = {
  ...WEBHOOKS,
  method: "get",
  path: "/v1/webhooks",
  id: "listWebhooks",
  summary: "List the endpoints of this workspace, newest first",
  successes: { 200: { description: "All of them.", schema: z.object({ data: z.array(Webhook) }).meta({ id: "WebhookList" }) } },
  errors: [],
} as const satisfies Operation;

const shown = { 200: { description: "The endpoint, without its secret.", schema: Webhook, example: WEBHOOK_EXAMPLE } } as const;

const read = {
  ...WEBHOOKS,
  method: "get",
  path: "/v1/webhooks/{webhook_id}",
  id: "getWebhook",
  summary: "Read an endpoint: whether it is enabled, and since when it fails",
  pathSchema: WebhookPath,
  successes: shown,
  errors: ["not_found"],
} as const satisfies Operation;

const change = {
  ...WEBHOOKS,
  method: "put",
  path: "/v1/webhooks/{webhook_id}",
  id: "changeWebhook",
  summary: "Change an endpoint, or enable it again",
  description: "What waits to be sent goes to the new address.",
  pathSchema: WebhookPath,
  bodySchema: WebhookChange,
  bodyExample: { url: WEBHOOK_EXAMPLE.url, events: ["*"] },
  successes: shown,
  errors: ["not_found"],
} as const satisfies Operation;

const erase = {
  ...WEBHOOKS,
  method: "delete",
  path: "/v1/webhooks/{webhook_id}",
  id: "deleteWebhook",
  summary: "Delete an endpoint with all its deliveries",
  pathSchema: WebhookPath,
  successes: { 204: { description: "It is deleted." } },
  errors: ["not_found"],
} as const satisfies Operation;

/** The endpoints of a workspace. */
export function addWebhookRoutes(api: Api): void {
  api.add(create, createWebhook);
  api.add(list, async ({ context, principal: { workspace } }) => {
    const rows = await listEndpoints(createDatabase(context.env.DB), workspace);
    return context.json({ data: rows.map((row) => webhookView(row, Date.now())) });
  });
  api.add(read, async ({ context, principal, path }) => {
    return context.json(webhookView(await endpointOf(context, principal.workspace, path.webhook_id), Date.now()));
  });
  api.add(change, changeWebhook);
  api.add(erase, async ({ context, principal, path }) => {
    const { workspace } = principal;
    const { endpoint_id } = await endpointOf(context, workspace, path.webhook_id);
    await deleteEndpoint(createDatabase(context.env.DB), { workspace, endpoint_id }, actorOf(context, principal));
    return context.body(null, 204);
  });
}

/** A workspace's endpoint. Throws AppError `not_found`. */
export async function endpointOf(context: HttpContext, workspace: string, endpoint_id: string): Promise<StoredEndpoint> {
  const row = await findEndpoint(createDatabase(context.env.DB), { workspace, endpoint_id });
  if (row === undefined) throw new AppError("not_found", `There is no webhook ${endpoint_id} in this workspace.`);
  return row;
}

async function createWebhook({ context, config, principal, body }: Call<typeof create>): Promise<Response> {
  const { workspace, key: created_by } = principal;
  const { url, events, description = null } = body;
  checkTarget(url, "url", config);
  requireSecret(config);
  const now = Date.now();
  const idempotency_key = idempotencyKey(context.req.header("idempotency-key")) ?? null;
  const endpoint_id =
    idempotency_key === null ? newWebhookId() : await derivedTaskId(workspace, "POST /v1/webhooks", idempotency_key);
  const { secret, sealed } = await makeSigningSecret({ workspace, endpoint_id }, config.secrets);
  const made = { workspace, endpoint_id, url, events, description, secret: sealed, created_at: now, created_by, idempotency_key };
  const row: EndpointRow = { ...made, ...NOTHING_YET };
  const added = await addEndpoint(createDatabase(context.env.DB), row, actorOf(context, principal), MOST_ENDPOINTS);
  if (added === "known") {
    const text = `This Idempotency-Key made the webhook ${endpoint_id} before; its secret is shown once only.`;
    throw new AppError("already_created", text);
  }
  if (added === "full")
    throw new AppError("conflict", `This workspace has ${MOST_ENDPOINTS} webhooks, which is the most: delete one first.`);
  context.header("Location", `/v1/webhooks/${endpoint_id}`);
  return context.json({ ...webhookView(row, now), secret }, 201);
}

const NOTHING_YET = { old_secret: null, old_secret_until: null, disabled_at: null, disabled_because: null, failing_since: null };

async function changeWebhook({ context, config, principal, path, body }: Call<typeof change>): Promise<Response> {
  const { workspace, key } = principal;
  checkTarget(body.url, "url", config);
  const old = await endpointOf(context, workspace, path.webhook_id);
  const { endpoint_id, disabled_at, disabled_because } = old;
  const { url, events, description = null, enabled } = body;
  const disabled = { disabled_at: disabled_at ?? Date.now(), disabled_because: disabled_because ?? `Disabled by ${key}.` };
  const next = { url, events, description, ...(enabled ? { disabled_at: null, disabled_because: null } : disabled) };
  const deeds = deedsOf(old, body).map((deed): Deed => ({ workspace, subject: endpoint_id, ...deed }));
  await changeEndpoint(createDatabase(context.env.DB), { workspace, endpoint_id }, next, deeds, actorOf(context, principal));
  return context.json(webhookView(await endpointOf(context, workspace, endpoint_id), Date.now()));
}

function deedsOf({ disabled_at }: StoredEndpoint, { url, events, enabled }: WebhookChange): Pick<Deed, "action" | "detail">[] {
  const turned =
    enabled === (disabled_at === null) ? [] : [{ action: enabled ? "webhook.enabled" : "webhook.disabled" } as const];
  return [{ action: "webhook.updated", detail: { host: new URL(url).host, events } }, ...turned];
}
