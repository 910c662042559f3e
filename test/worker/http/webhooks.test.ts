import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { createApp } from "../../../src/http/app.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { type MadeWebhook, makeWebhook } from "../../support/delivering.ts";
import { ADMIN_KEY } from "../../support/simulated-vendors.ts";
import { makeWorkspace } from "../../support/team.ts";

type Entry = { action: string; subject: string; actor: string; detail: unknown };
/** The simulator, which knows no such paths: what is sent for real fails, on this machine. */
const at = (path: string) => `${env.SIMULATOR_URL}${path}`;
const URL_ = at("/hook");

let key: string;
beforeEach(async () => {
  ({ key } = (await makeWorkspace()).key);
});

const auditOf = async (subject: string) =>
  (await call<{ data: Entry[] }>("GET", `/v1/audit?subject=${subject}`, { key })).body.data.map(({ action }) => action);
const create = (body: object, headers: { [name: string]: string } = {}) =>
  call<MadeWebhook & ProblemBody>("POST", "/v1/webhooks", { key, body: { url: URL_, events: ["*"], ...body }, headers });
const get = async (id: string) => (await call<MadeWebhook>("GET", `/v1/webhooks/${id}`, { key })).body;

describe("POST /v1/webhooks", () => {
  test("answers the secret once, and keeps it sealed", async () => {
    const answer = await create({
      events: ["delegation.failed", "delegation.completed", "delegation.failed"],
      description: "ops",
    });
    const { secret, ...shown } = answer.body;
    expect([answer.status, answer.headers.get("location")]).toEqual([201, `/v1/webhooks/${shown.id}`]);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(shown).toEqual({
      id: expect.stringMatching(/^hook_/),
      url: URL_,
      events: ["delegation.completed", "delegation.failed"],
      description: "ops",
      created_at: expect.stringMatching(/Z$/),
      created_by: "first key",
      enabled: true,
      disabled_at: null,
      disabled_because: null,
      failing_since: null,
      old_secret_until: null,
    });
    expect(await get(shown.id)).toEqual(shown);
    const row = await env.DB.prepare("select * from webhook_endpoints where endpoint_id = ?").bind(shown.id).first();
    expect(JSON.stringify(row)).not.toContain(secret.slice("whsec_".length));
    expect(await auditOf(shown.id)).toEqual(["webhook.created"]);
  });

  test("the record names the host alone: the rest of an address may be a secret", async () => {
    const { id } = (await create({ url: "https://hooks.example.com/T0KEN?key=T0KEN" })).body;
    const change = { url: "https://hooks.example.org/T0KEN", events: ["*"], enabled: true };
    expect((await call("PUT", `/v1/webhooks/${id}`, { key, body: change })).status).toBe(200);
    const { data } = (await call<{ data: { detail: object }[] }>("GET", `/v1/audit?subject=${id}`, { key })).body;
    expect(data.map(({ detail }) => detail)).toMatchObject([{ host: "hooks.example.org" }, { host: "hooks.example.com" }]);
    expect(JSON.stringify(data)).not.toContain("T0KEN");
  });

  test("sent again with the same Idempotency-Key it makes no second one, and names the first", async () => {
    const headers = { "idempotency-key": crypto.randomUUID() };
    const answers = await Promise.all([create({}, headers), create({}, headers)]);
    const [made, refused] = answers.toSorted((left, right) => left.status - right.status);
    expect([made?.status, refused?.status, refused?.body.code]).toEqual([201, 409, "already_created"]);
    expect(refused?.body.detail).toContain(made?.body.id);
    expect(await auditOf(made?.body.id ?? "")).toEqual(["webhook.created"]);
  });

  test.each<[string, object, string]>([
    ["no event", { events: [] }, "events"],
    ["an unknown event", { events: ["delegation.begun"] }, "events.0"],
    ["no address of the web", { url: "ftp://example.com/" }, "url"],
    ["a private address", { url: "https://192.168.0.1/" }, "url"],
    ["the metadata of a cloud", { url: "https://169.254.169.254/" }, "url"],
    ["a user name", { url: "https://a:b@example.com/" }, "url"],
    ["an unknown field", { secret: "whsec_AAAA" }, "secret"],
  ])("%s is refused by name", async (_what, body, path) => {
    const answer = await create(body);
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, path]);
  });

  test("a workspace has twenty at most", async () => {
    await Promise.all(Array.from({ length: 20 }, () => makeWebhook(key, { url: URL_ })));
    const answer = await create({});
    expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining("20 webhooks")]);
  });

  /** What the Worker answers the owner with other settings. */
  async function askWith(settings: object, path: string, body: object) {
    const headers = { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" };
    const context = { waitUntil() {}, passThroughOnException() {} } as unknown as ExecutionContext;
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    const response = await createApp().request(path, init, { ...env, ...settings }, context);
    return [response.status, ((await response.json()) as ProblemBody).detail];
  }

  test.each(["/v1/webhooks", "/v1/delegations"])(
    "without DEPUTE_SECRET %s is 503 and says which setting is missing",
    async (path) => {
      const body = path === "/v1/webhooks" ? { url: URL_, events: ["*"] } : { prompt: "x", webhook_url: URL_ };
      expect(await askWith({ DEPUTE_SECRET: "" }, path, body)).toEqual([503, expect.stringContaining("DEPUTE_SECRET")]);
    },
  );

  test.each(["http://example.com/", URL_, "https://localhost/"])("unless it is allowed by name, %s is refused", async (url) => {
    const settings = { ALLOW_INSECURE_WEBHOOKS: "false" };
    expect(await askWith(settings, "/v1/webhooks", { url, events: ["*"] })).toEqual([400, expect.stringContaining("url: must")]);
  });
});

describe("one endpoint", () => {
  test("is changed, disabled, enabled again and deleted, all on record", async () => {
    const { id } = await makeWebhook(key, { url: URL_ });
    const put = (body: object) => call<MadeWebhook>("PUT", `/v1/webhooks/${id}`, { key, body });
    const changed = await put({ url: at("/new"), events: ["batch.completed"], enabled: false });
    expect(changed.body).toMatchObject({ url: at("/new"), events: ["batch.completed"], enabled: false });
    expect(changed.body.disabled_because).toBe("Disabled by first key.");
    expect((await call<ProblemBody>("POST", `/v1/webhooks/${id}/test`, { key })).status).toBe(409);
    expect((await put({ url: URL_, events: ["*"] })).body).toMatchObject({
      enabled: true,
      disabled_at: null,
      disabled_because: null,
    });
    expect(
      (await call<ProblemBody>("PUT", `/v1/webhooks/${id}`, { key, body: { url: "https://10.0.0.1/", events: ["*"] } })).status,
    ).toBe(400);
    expect((await call("DELETE", `/v1/webhooks/${id}`, { key })).status).toBe(204);
    expect((await call("DELETE", `/v1/webhooks/${id}`, { key })).status).toBe(404);
    expect(await auditOf(id)).toEqual([
      "webhook.deleted",
      "webhook.enabled",
      "webhook.updated",
      "webhook.disabled",
      "webhook.updated",
      "webhook.created",
    ]);
  });

  test("is another workspace's for nobody", async () => {
    const { id } = await makeWebhook(key, { url: URL_ });
    const other = (await makeWorkspace()).key.key;
    for (const [method, path] of [
      ["GET", ""],
      ["PUT", ""],
      ["DELETE", ""],
      ["GET", "/deliveries"],
      ["POST", "/test"],
      ["POST", "/rotate-secret"],
      ["POST", "/deliveries/dlv_1/redeliver"],
    ] as const) {
      const body = method === "PUT" ? { url: URL_, events: ["*"] } : undefined;
      expect([path, (await call(method, `/v1/webhooks/${id}${path}`, { key: other, body })).status]).toEqual([path, 404]);
    }
    expect((await call<{ data: unknown[] }>("GET", "/v1/webhooks", { key: other })).body.data).toEqual([]);
  });

  test("gets a new secret, and two who ask at once get one", async () => {
    const { id, secret } = await makeWebhook(key, { url: URL_ });
    const rotate = () => call<MadeWebhook>("POST", `/v1/webhooks/${id}/rotate-secret`, { key });
    const rotated = await rotate();
    expect(rotated.body.secret).not.toBe(secret);
    expect(Math.round((Date.parse(rotated.body.old_secret_until ?? "") - Date.now()) / 60_000)).toBe(1_440);
    expect(await auditOf(id)).toEqual(["webhook.secret_rotated", "webhook.created"]);
  });
});

describe("/v1/webhooks/deliveries", () => {
  type Delivery = { id: string; webhook_id: string | null; url: string; type: string; status: string };
  type Page = { data: Delivery[]; next_cursor: string | null };
  let workspace: string;
  beforeEach(async () => {
    const made = await makeWorkspace();
    ({ workspace } = made);
    ({ key } = made.key);
  });

  const list = async (query: string, by = key) => (await call<Page>("GET", `/v1/webhooks/deliveries${query}`, { key: by })).body;
  /** Deliveries of two endpoints and of a `webhook_url`, in turns, each a millisecond later. */
  async function seedDeliveries(count: number): Promise<void> {
    const hooks = [(await makeWebhook(key, { url: URL_ })).id, (await makeWebhook(key, { url: URL_ })).id, null];
    const insert = env.DB.prepare(
      `insert into webhook_deliveries (workspace, delivery_id, message_id, endpoint_id, url, type, payload, status, created_at, attempts, log)
       values (?1, 'dlv_' || cast(?2 as integer), 'msg', ?3, ?4, 'webhook.test', '{}', ?5, ?2, 0, '[]')`,
    );
    const rows = Array.from({ length: count }, (_, at) =>
      insert.bind(workspace, at + 1, hooks[at % 3] ?? null, URL_, at % 2 === 0 ? "failed" : "delivered"),
    );
    await env.DB.batch(rows);
  }

  test("lists what endpoints and addresses of bodies are sent, newest first, page by page, and by status", async () => {
    await seedDeliveries(9);
    const ids: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: Page = await list(`?limit=2${cursor && `&cursor=${cursor}`}`);
      ids.push(...page.data.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    expect(ids).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1].map((at) => `dlv_${at}`));
    expect((await list("?status=delivered&limit=3")).data.map(({ id }) => id)).toEqual(["dlv_8", "dlv_6", "dlv_4"]);
    expect((await list("")).data.map(({ webhook_id }) => webhook_id === null)).toEqual(ids.map((_, index) => index % 3 === 0));
  });

  test("shows what a task, batch or flow told, to its webhook_url too, and sends it again on demand", async () => {
    const hook = await makeWebhook(key, { url: URL_ });
    const webhook_url = at("/of-one-task");
    const run = async (path: string, body: object, id: string) => {
      const answer = await call<{ [id: string]: string }>("POST", path, { key, body });
      return answer.body[id] ?? "";
    };
    const task_id = await run("/v1/delegations", { prompt: "x", webhook_url }, "task_id");
    const batch_id = await run("/v1/batches", { tasks: [{ prompt: "x" }], webhook_url }, "batch_id");
    const told = async (query: string) =>
      (await list(query)).data.map(({ type, webhook_id, url }) => [type, webhook_id, url]).toSorted();
    await expect
      .poll(() => told(`?task_id=${task_id}`))
      .toEqual([
        ["delegation.completed", null, webhook_url],
        ["delegation.completed", hook.id, URL_],
      ]);
    await expect
      .poll(() => told(`?batch_id=${batch_id}`))
      .toEqual([
        ["batch.completed", null, webhook_url],
        ["batch.completed", hook.id, URL_],
      ]);
    expect(await told(`?flow_id=${task_id}`)).toEqual([]);
    const id = (await list(`?task_id=${task_id}`)).data.find(({ webhook_id }) => webhook_id === null)?.id ?? "";
    const settle =
      "update webhook_deliveries set status = 'failed', claimed_until = null, attempts = 8, next_attempt_at = 4e12 where workspace = ?";
    await env.DB.prepare(settle).bind(workspace).run();
    const again = await call<Delivery>("POST", `/v1/webhooks/deliveries/${id}/redeliver`, { key });
    expect([again.status, again.body]).toMatchObject([202, { id, status: "pending", webhook_id: null, url: webhook_url }]);
    expect(await auditOf("webhook_url")).toEqual(["webhook.redelivered"]);
  });

  test("sends nothing again to an endpoint that is disabled, and of nobody else's", async () => {
    await seedDeliveries(1);
    const [{ webhook_id } = { webhook_id: null }] = (await list("")).data;
    const redeliver = async (by: string) => (await call("POST", "/v1/webhooks/deliveries/dlv_1/redeliver", { key: by })).status;
    const other = (await makeWorkspace()).key.key;
    expect([(await list("", other)).data, await redeliver(other)]).toEqual([[], 404]);
    await call("PUT", `/v1/webhooks/${webhook_id}`, { key, body: { url: URL_, events: ["*"], enabled: false } });
    expect(await redeliver(key)).toBe(409);
  });

  test("of two subjects at once there is none: it is refused by name", async () => {
    const answer = await call<ProblemBody>("GET", "/v1/webhooks/deliveries?task_id=a&flow_id=b", { key });
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, "flow_id"]);
  });

  test("tests and repeats are on record", async () => {
    const { id } = await makeWebhook(key, { url: URL_ });
    const tested = await call<Delivery>("POST", `/v1/webhooks/${id}/test`, { key });
    await env.DB.prepare("update webhook_deliveries set claimed_until = null where workspace = ?").bind(workspace).run();
    await call("POST", `/v1/webhooks/${id}/deliveries/${tested.body.id}/redeliver`, { key });
    const { data } = (await call<{ data: Entry[] }>("GET", `/v1/audit?subject=${id}`, { key })).body;
    expect(data.map(({ action, detail }) => [action, detail])).toMatchObject([
      ["webhook.redelivered", { delivery_id: tested.body.id }],
      ["webhook.tested", { delivery_id: tested.body.id }],
      ["webhook.created", {}],
    ]);
  });
});

describe("the workspace's secret", () => {
  test("is made when it is first asked for, stays, and is replaced on demand", async () => {
    const ask = async () =>
      (await call<{ secret: string; old_secret_until: string | null }>("GET", "/v1/webhooks/secret", { key })).body;
    const [one, same] = await Promise.all([ask(), ask()]);
    expect(one).toEqual({ secret: expect.stringMatching(/^whsec_/), old_secret_until: null });
    expect(same).toEqual(one);
    const rotated = await call<{ secret: string }>("POST", "/v1/webhooks/secret/rotate", { key, body: { overlap: 60 } });
    expect(await ask()).toEqual({ secret: rotated.body.secret, old_secret_until: expect.stringMatching(/Z$/) });
    expect(rotated.body.secret).not.toBe(one.secret);
    expect(await auditOf("webhook_url")).toEqual(["webhook.secret_rotated"]);
  });
});
