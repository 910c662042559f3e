import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { SCOPES, type Scope } from "../../../src/keys/scopes.ts";
import { call, send } from "../../support/api-client.ts";
import { type Seeds, seed, snapshotOf } from "../../support/seeded-workspace.ts";
import { makeKey, makeWorkspace } from "../../support/team.ts";

type Documented = {
  operationId: string;
  "x-depute-scope"?: Scope | "any";
  "x-depute-owner-only"?: true;
  parameters: { name: string; in: string }[];
  requestBody?: { required: boolean; content: { "application/json": { example?: unknown } } };
};
type Document = { paths: { [path: string]: { [method: string]: Documented } } };
type Operation = { method: string; path: string; scope: Scope | "any"; ownerOnly: boolean; cursor: boolean; body: unknown };

/** Lists that tell a workspace's own words only when they are asked to. */
const QUERIES: { [path: string]: string } = { "/v1/costs": "?group_by=agent", "/v1/stats": "?group_by=agent" };

const { paths } = (await call<Document>("GET", "/openapi.json", { key: null })).body;

/** Every operation that needs a key. One that cannot be called fails here: what it needs is to be seeded, or its example is missing. */
const OPERATIONS = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, documented]): Operation[] => {
    const { "x-depute-scope": scope, "x-depute-owner-only": ownerOnly = false, parameters, requestBody } = documented;
    if (scope === undefined) return [];
    const body = requestBody?.content["application/json"].example;
    if (requestBody?.required === true && body === undefined) throw new Error(`${method} ${path} has no example of its body`);
    const cursor = parameters.some(({ name }) => name === "cursor");
    return [{ method: method.toUpperCase(), path, scope, ownerOnly, cursor, body }];
  }),
);
const KEYED = OPERATIONS.filter(({ ownerOnly }) => !ownerOnly).map((each) => [`${each.method} ${each.path}`, each] as const);
const OWNED = OPERATIONS.filter(({ ownerOnly }) => ownerOnly).map((each) => [`${each.method} ${each.path}`, each] as const);

const keys = { admin: "", stranger: "", revoked: "", expired: "" };
const alone = new Map<Scope, string>();
const allBut = new Map<Scope, string>();
let strangersWorkspace = "";
/** For what only reads one thing; each of the others has its own, lists too: it is the newest there. */
let shared: Seeds;

beforeAll(async () => {
  keys.admin = (await makeWorkspace()).key.key;
  const other = await makeWorkspace();
  [keys.stranger, strangersWorkspace] = [other.key.key, other.workspace];
  const made = (fields: object) => makeKey({ scopes: SCOPES, ...fields }, keys.admin);
  for (const scope of SCOPES) {
    alone.set(scope, (await made({ scopes: [scope] })).key);
    allBut.set(scope, (await made({ scopes: SCOPES.filter((each) => each !== scope) })).key);
  }
  const [revoked, expired] = [await made({}), await made({ expires_in: 60 })];
  [keys.revoked, keys.expired] = [revoked.key, expired.key];
  await call("DELETE", `/v1/keys/${revoked.id}`, { key: keys.admin });
  await env.DB.prepare("update keys set expires_at = 1 where key_id = ?").bind(expired.id).run();
  // The first budget of a workspace is hard after some seconds only.
  const [path, body] = ["/v1/budgets/first", { scope: "workspace", period: "total", limit: 1_000 }];
  await Promise.all([keys.admin, keys.stranger].map((key) => call("PUT", path, { key, body })));
  shared = await seed(keys.admin);
}, 30_000);

/** The scope that an operation must have by what it does: a new one cannot come with less unseen. */
function scopeOf({ method, path }: Operation): Scope | "any" {
  if (path === "/v1/whoami") return "any";
  if (/^\/v1\/(?:keys|audit|workspaces|webhooks)\b/.test(path) || method === "DELETE" || method === "PUT") return "admin";
  if (/\/(?:approve|reject)$/.test(path)) return "approve";
  return method === "GET" || path === "/v1/models/select" ? "read" : "delegate";
}

test("the scope of every operation is that of what it does", () => {
  const scopes = OPERATIONS.map(({ method, path, scope }) => `${method} ${path} ${scope}`);
  expect(scopes).toEqual(OPERATIONS.map((operation) => `${operation.method} ${operation.path} ${scopeOf(operation)}`));
});

/** The path with the ids of one set of seeds. */
function pathOf({ path }: Operation, ids: Seeds["ids"]): string {
  return path.replaceAll(/\/(\w+)\/\{(\w+)\}/g, (_whole, collection: string, name: string) => {
    const id = ids[`${collection}/${name}`];
    if (id === undefined) throw new Error(`nothing is seeded for ${collection}/{${name}} of ${path}`);
    return `/${collection}/${id}`;
  });
}

async function ask(operation: Operation, ids: Seeds["ids"], key: string | null): Promise<{ status: number; text: string }> {
  const { method, path, body } = operation;
  const response = await send(method, pathOf(operation, ids) + (QUERIES[path] ?? ""), { key, body });
  return { status: response.status, text: new TextDecoder().decode(await response.arrayBuffer()) };
}

/** The answer without the ids that were asked for and what differs with every request. */
function comparable({ status, text }: { status: number; text: string }, ids: Seeds["ids"]): string {
  const plain = Object.values(ids).reduce((left, id) => left.replaceAll(id, "<id>"), text);
  return `${status} ${plain.replace(/"request_id":"[^"]*"/, "")}`;
}

describe.each(KEYED)("%s", (_name, operation) => {
  let seeds: Seeds;
  beforeAll(async () => {
    seeds = operation.method === "GET" && operation.path.includes("{") ? shared : await seed(keys.admin);
  });

  test("is 401 without a key, with a revoked and with an expired one", async () => {
    const answers = await Promise.all([null, keys.revoked, keys.expired].map((key) => ask(operation, seeds.ids, key)));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
  });

  test("shows nothing of the workspace to another's key, changes nothing in it, and answers as if it were not there", async () => {
    const before = await snapshotOf(keys.admin, seeds);
    const answer = await ask(operation, seeds.ids, keys.stranger);
    const isOfOne = operation.path.includes("{");
    if (isOfOne) expect(comparable(answer, seeds.ids)).not.toContain(seeds.mark);
    else expect(answer.text).not.toContain(seeds.mark);
    if (isOfOne && answer.status >= 400) {
      const unknown = await ask(operation, seeds.unknown, keys.stranger);
      expect(comparable(answer, seeds.ids)).toBe(comparable(unknown, seeds.unknown));
    }
    if (isOfOne && operation.method !== "PUT") expect(answer.status).toBe(404);
    expect(await snapshotOf(keys.admin, seeds)).toEqual(before);
  });

  test("works with its scope alone", async () => {
    const { status } = await ask(operation, seeds.ids, alone.get(operation.scope === "any" ? "read" : operation.scope) ?? null);
    expect([200, 201, 202, 204, 409]).toContain(status);
  });
});

describe.each(KEYED.filter(([, { scope }]) => scope !== "any"))("%s", (_name, operation) => {
  test("is 403 with every other scope", async () => {
    const key = SCOPES.filter((scope) => scope === operation.scope).map((scope) => allBut.get(scope))[0] ?? null;
    const { status, text } = await ask(operation, shared.ids, key);
    expect([status, text]).toEqual([403, expect.stringContaining(`needs a key with the scope ${operation.scope}`)]);
  });
});

/** A list within one thing of a workspace is not even there for another. */
describe.each(KEYED.filter(([, { cursor, path }]) => cursor && !path.includes("{")))("%s", (_name, { path }) => {
  test("takes no cursor of another workspace", async () => {
    for (const _ of ["one", "two"]) await seed(keys.admin);
    await expect.poll(async () => (await page(keys.admin)).body.next_cursor).toEqual(expect.any(String));
    const { next_cursor } = (await page(keys.admin)).body;
    expect((await page(keys.admin, next_cursor)).status).toBe(200);
    const refused = await page(keys.stranger, next_cursor);
    expect([refused.status, refused.body.errors?.[0]?.path]).toEqual([400, "cursor"]);
  });

  type Page = { next_cursor: string | null; errors?: { path: string }[] };
  /** A file of lines has its cursor in a header. */
  const page = async (key: string, cursor?: string | null) => {
    const answer = await call<Page>("GET", `${path}?limit=1${cursor == null ? "" : `&cursor=${cursor}`}`, { key });
    const next_cursor = answer.headers.get("depute-next-cursor") ?? answer.body.next_cursor;
    return { ...answer, body: { ...answer.body, next_cursor } };
  };
});

describe.each(OWNED)("%s", (_name, operation) => {
  const ids = () => ({ "workspaces/workspace": strangersWorkspace });

  test("is the owner's alone", async () => {
    const callers = [null, keys.revoked, keys.expired, keys.admin, keys.stranger, alone.get("admin") ?? null];
    const answers = await Promise.all(callers.map((key) => ask(operation, ids(), key)));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 403, 403, 403]);
    expect((await send(operation.method, pathOf(operation, ids()), { body: operation.body })).ok).toBe(true);
  });
});
