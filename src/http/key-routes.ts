import { z } from "zod";
import { agentsOf } from "../agents/agents-of.ts";
import { createDatabase } from "../db/client.ts";
import { addKey, findKey, listKeys, replaceKey, revokeKey, type StoredKey } from "../db/keys.ts";
import { AppError } from "../errors.ts";
import { accountOf, Key, KeyId, KeyInput, keyView, NewKey, RotateInput, scopesOf } from "../keys/key.ts";
import { knownKeysOf } from "../keys/key-holder.ts";
import { expiryOf, makeKey } from "../keys/make-key.ts";
import { actorOf } from "./actor.ts";
import type { Api } from "./api.ts";
import type { HttpContext } from "./http-env.ts";
import { listPage, PAGE_PARAMETERS, pageSchema } from "./list-page.ts";
import type { Call, Operation } from "./operation.ts";
import { derivedTaskId, idempotencyKey, idFactory } from "./task-id.ts";

const TAG = "Team";
const MAX_LIVE_KEYS = 1_000;
const newKeyId = idFactory("key");

const KeyPath = z.strictObject({ key_id: KeyId.meta({ description: "The id of the key." }) });
const EXAMPLE = {
  id: "key_01JD8R3V0Q1M9ZJ6X1W3T4K5N6",
  name: "ci",
  scopes: ["delegate", "read"],
  hint: "…x7Qp",
  default_agent: null,
  created_at: "2026-11-22T10:30:45.123Z",
  created_by: "owner",
  expires_at: null,
  revoked_at: null,
  rotated_to: null,
};
const CREATES = {
  headers: {
    "Idempotency-Key":
      "1–255 printable ASCII characters. The id of the new key is derived from it: sent again it is 409 `already_created` and names that id, since a key is shown once only.",
  },
  successes: {
    201: {
      description: "The key, shown this once.",
      schema: NewKey,
      example: { ...EXAMPLE, key: "dpt_…" },
      headers: { Location: "The key's address." },
    },
  },
} as const;

const create = {
  method: "post",
  path: "/v1/keys",
  id: "createKey",
  tag: TAG,
  scope: "admin",
  summary: "Make a key for this workspace",
  description: `A workspace has at most ${MAX_LIVE_KEYS.toLocaleString("en-US")} keys that are neither revoked nor expired.`,
  bodySchema: KeyInput,
  bodyExample: { name: "ci", scopes: ["delegate", "read"], expires_in: 7_776_000 },
  ...CREATES,
  errors: ["conflict", "already_created"],
} as const satisfies Operation;

const list = {
  method: "get",
  path: "/v1/keys",
  id: "listKeys",
  tag: TAG,
  scope: "admin",
  summary: "List the keys of this workspace, newest first",
  description: "Those that are revoked or expired too. DEPUTE_ADMIN_KEY is a secret of the deployment and not among them.",
  querySchema: z.strictObject(PAGE_PARAMETERS),
  successes: { 200: { description: "One page.", schema: pageSchema(Key, "KeyList") } },
  errors: [],
} as const satisfies Operation;

const read = {
  method: "get",
  path: "/v1/keys/{key_id}",
  id: "getKey",
  tag: TAG,
  scope: "admin",
  summary: "Read what is known of a key",
  pathSchema: KeyPath,
  successes: { 200: { description: "Everything but the key itself.", schema: Key, example: EXAMPLE } },
  errors: ["not_found"],
} as const satisfies Operation;

const rotate = {
  method: "post",
  path: "/v1/keys/{key_id}/rotate",
  id: "rotateKey",
  tag: TAG,
  scope: "admin",
  summary: "Replace a key by a new one; both work for a while",
  description: "The new key has the name, scopes and agent of the old one, and lives as long as that was made to.",
  pathSchema: KeyPath,
  bodySchema: RotateInput,
  bodyOptional: true,
  bodyExample: { overlap: 3_600 },
  ...CREATES,
  errors: ["not_found", "conflict", "already_created"],
} as const satisfies Operation;

const revoke = {
  method: "delete",
  path: "/v1/keys/{key_id}",
  id: "revokeKey",
  tag: TAG,
  scope: "admin",
  summary: "Revoke a key for good",
  description: "It is refused from then on, everywhere after ten seconds at most. Revoking it again changes nothing.",
  pathSchema: KeyPath,
  successes: { 200: { description: "It is revoked.", schema: Key, example: EXAMPLE } },
  errors: ["not_found"],
} as const satisfies Operation;

/** The keys of a workspace. */
export function addKeyRoutes(api: Api): void {
  api.add(create, createKey);
  api.add(list, async ({ context, principal: { workspace }, query }) => {
    const database = createDatabase(context.env.DB);
    const { rows, next_cursor } = await listPage(
      query,
      { list: "keys", workspace },
      (page) => listKeys(database, workspace, page),
      ({ created_at, key_id }) => ({ value: created_at, id: key_id }),
    );
    return context.json({ data: rows.map(keyView), next_cursor });
  });
  api.add(read, async ({ context, principal, path }) => {
    return context.json(keyView(await keyOf(context, principal.workspace, path.key_id)));
  });
  api.add(rotate, rotateKey);
  api.add(revoke, async ({ context, principal, path }) => {
    const row = await keyOf(context, principal.workspace, path.key_id);
    await revokeKey(createDatabase(context.env.DB), row, actorOf(context, principal), Date.now());
    knownKeysOf(context.env.DB).forgetAll();
    return context.json(keyView(await keyOf(context, principal.workspace, path.key_id)));
  });
}

async function createKey({ context, principal, body }: Call<typeof create>): Promise<Response> {
  const { workspace, key: created_by } = principal;
  const now = Date.now();
  const idempotency_key = idempotencyKey(context.req.header("idempotency-key")) ?? null;
  const key_id = await idFor("POST /v1/keys", workspace, idempotency_key);
  const default_agent = await checkedAgent(context, workspace, body.default_agent);
  const { name, scopes } = body;
  const plan = { workspace, key_id, name, scopes, default_agent, created_by, idempotency_key, first_key_id: null };
  const { key, row } = await makeKey({ ...plan, created_at: now, expires_at: expiryOf(body, now) });
  const added = await addKey(createDatabase(context.env.DB), row, actorOf(context, principal), MAX_LIVE_KEYS);
  if (added === "known") throw alreadyCreated(key_id);
  if (added === "full") {
    const most = MAX_LIVE_KEYS.toLocaleString("en-US");
    throw new AppError("conflict", `This workspace has ${most} live keys, which is the most: revoke one first.`);
  }
  context.header("Location", `/v1/keys/${key_id}`);
  return context.json({ ...keyView(row), key }, 201);
}

async function rotateKey({ context, principal, path, body }: Call<typeof rotate>): Promise<Response> {
  const { workspace, key: created_by } = principal;
  const old = await keyOf(context, workspace, path.key_id);
  const now = Date.now();
  const idempotency_key = idempotencyKey(context.req.header("idempotency-key")) ?? null;
  const key_id = await idFor(`POST /v1/keys/${old.key_id}/rotate`, workspace, idempotency_key);
  if (old.rotated_to === key_id) throw alreadyCreated(key_id);
  const { name, default_agent, created_at, expires_at } = old;
  const first_key_id = accountOf(old);
  const plan = { workspace, key_id, name, scopes: scopesOf(old), default_agent, created_by, idempotency_key, first_key_id };
  const expires = expires_at === null ? null : now + expires_at - created_at;
  const { key, row } = await makeKey({ ...plan, created_at: now, expires_at: expires });
  const database = createDatabase(context.env.DB);
  if (!(await replaceKey(database, old, row, now + body.overlap * 1_000, actorOf(context, principal)))) {
    const { rotated_to } = await keyOf(context, workspace, old.key_id);
    if (rotated_to === key_id) throw alreadyCreated(key_id);
    const why = rotated_to === null ? "is revoked or expired" : `was replaced by ${rotated_to} already`;
    throw new AppError("conflict", `The key ${old.key_id} ${why}.`);
  }
  knownKeysOf(context.env.DB).forgetAll();
  context.header("Location", `/v1/keys/${key_id}`);
  return context.json({ ...keyView(row), key }, 201);
}

async function keyOf(context: HttpContext, workspace: string, keyId: string): Promise<StoredKey> {
  const row = await findKey(createDatabase(context.env.DB), workspace, keyId);
  if (row === undefined) throw new AppError("not_found", `There is no key ${keyId} in this workspace.`);
  return row;
}

async function idFor(route: string, workspace: string, idempotency: string | null): Promise<string> {
  return idempotency === null ? newKeyId() : derivedTaskId(workspace, route, idempotency);
}

async function checkedAgent(context: HttpContext, workspace: string, agent: string | undefined): Promise<string | null> {
  if (agent === undefined) return null;
  if ((await agentsOf(context.env.DB, workspace)).has(agent)) return agent;
  const message = `there is no agent ${agent}; GET /v1/agents lists all`;
  throw new AppError("invalid_request", `default_agent: ${message}`, [{ path: "default_agent", message }]);
}

const alreadyCreated = (keyId: string): AppError =>
  new AppError("already_created", `This Idempotency-Key made the key ${keyId} before; a key is shown once only.`);
