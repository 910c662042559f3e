import type { Config } from "../config.ts";
import { createDatabase } from "../db/client.ts";
import type { SealedSecret } from "../db/webhook-deliveries.ts";
import {
  ensureWorkspaceSecret,
  findWorkspaceSecret,
  rotateEndpointSecret,
  rotateWorkspaceSecret,
} from "../db/webhook-endpoints.ts";
import { AppError } from "../errors.ts";
import { currentSecret, makeSigningSecret } from "../webhooks/signing-secrets.ts";
import { NewWebhook, overlapEnd, SecretRotation, WebhookSecret, webhookView } from "../webhooks/webhook.ts";
import { requireSecret } from "../webhooks/webhook-url.ts";
import { actorOf } from "./actor.ts";
import type { Api } from "./api.ts";
import type { HttpContext } from "./http-env.ts";
import type { Operation } from "./operation.ts";
import { endpointOf, WEBHOOK_EXAMPLE, WEBHOOKS, WebhookPath } from "./webhook-routes.ts";

const secretShown = (description: string) => ({
  description,
  schema: WebhookSecret,
  example: { secret: "whsec_…", old_secret_until: null },
});

const read = {
  ...WEBHOOKS,
  method: "get",
  path: "/v1/webhooks/secret",
  id: "getWebhookSecret",
  summary: "Read the secret that signs what goes to a webhook_url",
  description: "It is the workspace's, and made when it is first asked for or needed.",
  successes: { 200: secretShown("The secret that signs now.") },
  errors: [],
} as const satisfies Operation;

const ROTATES = {
  ...WEBHOOKS,
  method: "post",
  bodySchema: SecretRotation,
  bodyOptional: true,
  bodyExample: { overlap: 3_600 },
} as const;

const rotate = {
  ...ROTATES,
  path: "/v1/webhooks/secret/rotate",
  id: "rotateWebhookSecret",
  summary: "Replace the secret that signs what goes to a webhook_url",
  description: "Both sign while they overlap: a receiver is content with either.",
  successes: { 200: secretShown("The new secret.") },
  errors: ["conflict"],
} as const satisfies Operation;

const rotateOne = {
  ...ROTATES,
  path: "/v1/webhooks/{webhook_id}/rotate-secret",
  id: "rotateEndpointSecret",
  summary: "Replace an endpoint's secret",
  description: "Both sign while they overlap: a receiver is content with either.",
  pathSchema: WebhookPath,
  successes: {
    200: {
      description: "The endpoint with its new secret, shown this once.",
      schema: NewWebhook,
      example: { ...WEBHOOK_EXAMPLE, secret: "whsec_…" },
    },
  },
  errors: ["not_found", "conflict"],
} as const satisfies Operation;

/** The secrets that sign. */
export function addWebhookSecrets(api: Api): void {
  api.add(read, async ({ context, config, principal: { workspace } }) => {
    const kept = await workspaceSecret(context, config, workspace);
    const secret = await currentSecret({ workspace, endpoint_id: null }, kept, config.secrets);
    if (secret === undefined)
      throw new AppError(
        "unavailable",
        "The secret was sealed with another DEPUTE_SECRET: list that one, too, or rotate this secret.",
      );
    return context.json({ secret, old_secret_until: overlapEnd(kept, Date.now()) });
  });
  api.add(rotate, async ({ context, config, principal, body: { overlap } }) => {
    const { workspace } = principal;
    const kept = await workspaceSecret(context, config, workspace);
    const { secret, sealed } = await makeSigningSecret({ workspace, endpoint_id: null }, config.secrets);
    const until = Date.now() + overlap * 1_000;
    const replacement = { secret: kept.secret, next: sealed, until };
    if (!(await rotateWorkspaceSecret(createDatabase(context.env.DB), workspace, replacement, actorOf(context, principal))))
      throw rotatedAlready();
    return context.json({ secret, old_secret_until: overlapEnd({ old_secret_until: until }, Date.now()) });
  });
  api.add(rotateOne, async ({ context, config, principal, path, body: { overlap } }) => {
    const { workspace } = principal;
    requireSecret(config);
    const old = await endpointOf(context, workspace, path.webhook_id);
    const { endpoint_id } = old;
    const { secret, sealed } = await makeSigningSecret({ workspace, endpoint_id }, config.secrets);
    const replacement = { secret: old.secret, next: sealed, until: Date.now() + overlap * 1_000 };
    const actor = actorOf(context, principal);
    if (!(await rotateEndpointSecret(createDatabase(context.env.DB), { workspace, endpoint_id }, replacement, actor)))
      throw rotatedAlready();
    return context.json({ ...webhookView(await endpointOf(context, workspace, endpoint_id), Date.now()), secret });
  });
}

/** The workspace's secret as it is kept, made when there is none. Throws AppError `unavailable`. */
async function workspaceSecret(context: HttpContext, config: Config, workspace: string): Promise<SealedSecret> {
  requireSecret(config);
  const database = createDatabase(context.env.DB);
  const known = await findWorkspaceSecret(database, workspace);
  if (known !== undefined) return known;
  const { sealed } = await makeSigningSecret({ workspace, endpoint_id: null }, config.secrets);
  return ensureWorkspaceSecret(database, workspace, sealed);
}

const rotatedAlready = () => new AppError("conflict", "The secret was replaced by another call just now.");
