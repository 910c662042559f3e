import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { createApp } from "../../../src/http/app.ts";
import { newKey } from "../../../src/keys/key-format.ts";
import { knownKeysOf } from "../../../src/keys/key-holder.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { type MadeKey, makeKey, makeWorkspace } from "../../support/team.ts";

type Listed = { data: { [name: string]: unknown }[]; next_cursor: string | null };
type Entry = { action: string; subject: string; actor: string; key_id: string; detail: unknown; request_id: string };

const stored = (id: string) =>
  env.DB.prepare("select * from keys where key_id = ?").bind(id).first<{ [name: string]: unknown }>();
const statusWith = async (key: string, path = "/v1/delegations") => (await call("GET", path, { key })).status;
const auditOf = async (subject: string, key?: string) => {
  const path = `/v1/audit?subject=${subject}`;
  return (await call<{ data: Entry[] }>("GET", path, key === undefined ? {} : { key })).body.data;
};

describe("POST /v1/keys", () => {
  test("answers the key once; what is kept is its SHA-256 and its end", async () => {
    const answer = await call<MadeKey & { name: string }>("POST", "/v1/keys", {
      body: { name: "ci", scopes: ["read", "delegate"] },
    });
    const { key, ...shown } = answer.body;
    expect(answer.status).toBe(201);
    expect(answer.headers.get("location")).toBe(`/v1/keys/${shown.id}`);
    expect(shown).toEqual({
      id: expect.stringMatching(/^key_/),
      name: "ci",
      scopes: ["delegate", "read"],
      hint: `…${key.slice(-4)}`,
      default_agent: null,
      created_at: expect.stringMatching(/Z$/),
      created_by: "owner",
      expires_at: null,
      revoked_at: null,
      rotated_to: null,
    });
    expect((await call("GET", `/v1/keys/${shown.id}`)).body).toEqual(shown);
    expect(JSON.stringify(await stored(shown.id))).not.toContain(key);
    expect((await stored(shown.id))?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await statusWith(key)).toBe(200);
  });

  test("works for what its scopes allow and is on record with its name", async () => {
    const { key } = await makeKey({ name: "robot", scopes: ["delegate"] });
    const made = await call("POST", "/v1/delegations", { key, body: { prompt: "x", approval: "manual" } });
    expect([made.status, made.body.created_by]).toEqual([202, "robot"]);
    const refused = await call<ProblemBody>("GET", "/v1/delegations", { key });
    expect([refused.status, refused.body.detail]).toEqual([403, "This needs a key with the scope read; yours has delegate."]);
  });

  test.each<[string, { [name: string]: unknown }, string]>([
    ["no scope", { scopes: [] }, "scopes"],
    ["an unknown scope", { scopes: ["root"] }, "scopes.0"],
    ["no name", { name: " " }, "name"],
    ["the owner's name", { name: "Owner" }, "name"],
    ["the system's name", { name: "system" }, "name"],
    ["a line break in the name", { name: "a\nb" }, "name"],
    ["an end that is past", { expires_at: "2020-01-01T00:00:00Z" }, "expires_at"],
    ["two ends", { expires_at: "2099-01-01T00:00:00Z", expires_in: 5 }, "expires_in"],
    ["no time to live", { expires_in: 0 }, "expires_in"],
    ["an agent that is not there", { default_agent: "nobody" }, "default_agent"],
    ["a key of the caller's choice", { key: newKey() }, "key"],
  ])("%s is refused by name", async (_name, fields, path) => {
    const answer = await call<ProblemBody>("POST", "/v1/keys", { body: { name: "x", scopes: ["read"], ...fields } });
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, path]);
  });

  test("sent again with the same Idempotency-Key makes no second key, and names the first", async () => {
    const headers = { "idempotency-key": crypto.randomUUID() };
    const send = () => call<MadeKey & ProblemBody>("POST", "/v1/keys", { headers, body: { name: "once", scopes: ["read"] } });
    const answers = await Promise.all([send(), send(), send()]);
    const [first, ...others] = answers.toSorted((left, right) => left.status - right.status);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    for (const { body } of others) {
      expect(body.code).toBe("already_created");
      expect(body.detail).toContain(first?.body.id);
    }
    expect(await auditOf(first?.body.id ?? "")).toHaveLength(1);
  });

  test("over a thousand live keys it is a conflict, and nothing is stored", async () => {
    const { workspace, key } = await makeWorkspace();
    await env.DB.prepare(
      `insert into keys (key_id, workspace, name, hash, hint, scopes, created_at, created_by)
       select 'many-' || ?1 || value, ?1, 'x', ?1 || value, '', '[]', value, 'x' from json_each(?2)`,
    )
      .bind(workspace, JSON.stringify(Array.from({ length: 999 }, (_, index) => index + 1)))
      .run();
    const full = await call<ProblemBody>("POST", "/v1/keys", { key: key.key, body: { name: "more", scopes: ["read"] } });
    expect([full.status, full.body.code, full.body.detail]).toEqual([409, "conflict", expect.stringContaining("1,000")]);
    expect((await call("DELETE", `/v1/keys/many-${workspace}7`, { key: key.key })).status).toBe(200);
    expect((await makeKey({}, key.key)).id).toMatch(/^key_/);
  });
});

describe("a key's end", () => {
  test("a revoked key is refused at once in this isolate, and says why", async () => {
    const { id, key } = await makeKey({});
    expect(await statusWith(key)).toBe(200);
    const revoked = await call("DELETE", `/v1/keys/${id}`);
    expect([revoked.status, revoked.body.revoked_at]).toEqual([200, expect.stringMatching(/Z$/)]);
    const refused = await call<ProblemBody>("GET", "/v1/delegations", { key });
    expect([refused.status, refused.body.detail]).toEqual([401, "This key was revoked."]);
  });

  test("revoking again changes nothing, and is on record once", async () => {
    const { id } = await makeKey({});
    const [first, second] = [await call("DELETE", `/v1/keys/${id}`), await call("DELETE", `/v1/keys/${id}`)];
    expect(second.body).toEqual(first.body);
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(["key.revoked", "key.created"]);
  });

  test("an expired key is refused from its time on, though it is known still", async () => {
    const time = { now: Date.now() };
    const app = createApp(() => time.now);
    const { key, expires_at } = await makeKey({ expires_in: 5 });
    const ask = async () => {
      const context = createExecutionContext();
      const response = await app.request("/v1/delegations", { headers: { authorization: `Bearer ${key}` } }, env, context);
      await waitOnExecutionContext(context);
      return { status: response.status, detail: ((await response.json()) as ProblemBody).detail };
    };
    time.now = Date.parse(expires_at ?? "") - 1;
    expect((await ask()).status).toBe(200);
    time.now += 1;
    expect(await ask()).toEqual({ status: 401, detail: `This key expired at ${expires_at}.` });
  });

  test("what another isolate revoked is known here after ten seconds at most", async () => {
    const { id, key } = await makeKey({});
    const known = knownKeysOf(env.DB);
    await known.ask(key);
    await env.DB.prepare("update keys set revoked_at = 1 where key_id = ?").bind(id).run();
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 10_000);
    const status = await statusWith(key);
    vi.restoreAllMocks();
    expect(status).toBe(401);
  });
});

describe("POST /v1/keys/{key_id}/rotate", () => {
  test("the new key has the old one's rights; the old one works until the overlap ends", async () => {
    const old = await makeKey({ name: "worker", scopes: ["read", "delegate"], default_agent: "coder" });
    const before = Date.now();
    const answer = await call<MadeKey>("POST", `/v1/keys/${old.id}/rotate`, { body: { overlap: 3_600 } });
    expect([answer.status, answer.body]).toEqual([
      201,
      expect.objectContaining({ name: "worker", scopes: ["delegate", "read"], default_agent: "coder", expires_at: null }),
    ]);
    expect([await statusWith(old.key), await statusWith(answer.body.key)]).toEqual([200, 200]);
    const shown = (await call<{ expires_at: string; rotated_to: string }>("GET", `/v1/keys/${old.id}`)).body;
    expect(shown.rotated_to).toBe(answer.body.id);
    expect(Date.parse(shown.expires_at) - before).toBeGreaterThanOrEqual(3_600_000);
    expect(Date.parse(shown.expires_at) - before).toBeLessThan(3_660_000);
    expect((await auditOf(old.id)).map(({ action }) => action)).toEqual(["key.rotated", "key.created"]);
  });

  test("without an overlap the old key ends at once; absent it is a day", async () => {
    const [short, long] = [await makeKey({}), await makeKey({})];
    await call("POST", `/v1/keys/${short.id}/rotate`, { body: { overlap: 0 } });
    expect(await statusWith(short.key)).toBe(401);
    const { body } = await call<MadeKey>("POST", `/v1/keys/${long.id}/rotate`);
    expect(await statusWith(body.key)).toBe(200);
    const shown = (await call<{ expires_at: string }>("GET", `/v1/keys/${long.id}`)).body;
    expect(Math.round((Date.parse(shown.expires_at) - Date.now()) / 60_000)).toBe(1_440);
  });

  test("an overlap never makes a key live longer than it would have", async () => {
    const { id, expires_at } = await makeKey({ expires_in: 60 });
    const next = await call<MadeKey>("POST", `/v1/keys/${id}/rotate`, { body: { overlap: 604_800 } });
    expect((await call("GET", `/v1/keys/${id}`)).body.expires_at).toBe(expires_at);
    expect(Date.parse(next.body.expires_at ?? "") - Date.now()).toBeLessThanOrEqual(60_000);
  });

  test("two at once: one takes the place, the other is a conflict and stores nothing", async () => {
    const { id } = await makeKey({});
    const rotate = () => call<MadeKey & ProblemBody>("POST", `/v1/keys/${id}/rotate`, { body: { overlap: 60 } });
    const answers = await Promise.all([rotate(), rotate()]);
    const [made, refused] = answers.toSorted((left, right) => left.status - right.status);
    expect([made?.status, refused?.status]).toEqual([201, 409]);
    expect(refused?.body.detail).toContain(`replaced by ${made?.body.id}`);
  });

  test("sent again with the same Idempotency-Key it makes no second key", async () => {
    const { id } = await makeKey({});
    const init = { headers: { "idempotency-key": crypto.randomUUID() }, body: {} };
    const made = await call<MadeKey>("POST", `/v1/keys/${id}/rotate`, init);
    const again = await call<ProblemBody>("POST", `/v1/keys/${id}/rotate`, init);
    expect([again.status, again.body.code]).toEqual([409, "already_created"]);
    expect(again.body.detail).toContain(made.body.id);
  });

  test("a revoked key is not replaced", async () => {
    const { id } = await makeKey({});
    await call("DELETE", `/v1/keys/${id}`);
    expect((await call("POST", `/v1/keys/${id}/rotate`)).status).toBe(409);
  });
});

describe("GET /v1/keys", () => {
  test("lists a workspace's own keys, newest first, page by page, and never a key", async () => {
    const { key: admin } = await makeWorkspace();
    const made = [await makeKey({ name: "a" }, admin.key), await makeKey({ name: "b" }, admin.key)];
    const first = (await call<Listed>("GET", "/v1/keys?limit=2", { key: admin.key })).body;
    const second = (await call<Listed>("GET", `/v1/keys?limit=2&cursor=${first.next_cursor}`, { key: admin.key })).body;
    const ids = [...first.data, ...second.data].map(({ id }) => id);
    expect(ids.toSorted()).toEqual([admin.id, ...made.map(({ id }) => id)].toSorted());
    expect(second.next_cursor).toBeNull();
    for (const { key } of [admin, ...made]) expect(JSON.stringify([first, second])).not.toContain(key);
  });
});

describe("keys that nobody holds", () => {
  test("the database is asked once for a well-formed key, and never for another", async () => {
    const prepare = vi.spyOn(env.DB, "prepare");
    const key = newKey();
    expect([await statusWith(key), await statusWith(key), await statusWith(`${key.slice(0, -1)}_`)]).toEqual([401, 401, 401]);
    expect(prepare.mock.calls.length).toBeLessThanOrEqual(1);
    vi.restoreAllMocks();
  });
});
