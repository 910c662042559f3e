import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { createDatabase } from "../../../src/db/client.ts";
import { createApp } from "../../../src/http/app.ts";
import { sweepWebhooks } from "../../../src/sweep/sweep-webhooks.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { deliveriesOf, type MadeWebhook, makeWebhook, silentDoorbell } from "../../support/delivering.ts";
import { ADMIN_KEY } from "../../support/simulated-vendors.ts";
import { makeWorkspace } from "../../support/team.ts";

type Entry = { action: string; subject: string; actor: string; detail: unknown };
/** The simulator, which knows no such paths: what is sent for real fails, on this machine. */
const at = (path: string) => `${env.SIMULATOR_URL}${path}`;
const URL_ = at("/hook");

let workspace: string;
let key: string;
beforeEach(async () => {
  const made = await makeWorkspace();
  workspace = made.workspace;
  key = made.key.key;
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

describe("what is sent", () => {
  test("of a task is thin: no prompt, no output, and of an error its code", async () => {
    const { id } = await makeWebhook(key, { url: URL_ });
    const body = { provider: "claude", prompt: simulate({ text: "the answer" }, "the question"), properties: { team: "a" } };
    const made = await call<{ task_id: string }>("POST", "/v1/delegations", { key, body });
    const task_id = made.body.task_id;
    await call("GET", `/v1/delegations/${task_id}?wait=20`, { key });
    await expect.poll(async () => (await deliveriesOf(key, id)).length).toBe(1);
    const [delivery] = await deliveriesOf(key, id);
    const payload = JSON.parse(delivery?.payload ?? "{}");
    const money = { cost: expect.any(Number), cost_nanos: expect.any(Number), tokens_used: expect.any(Number) };
    expect(payload).toEqual({
      type: "delegation.completed",
      timestamp: expect.stringMatching(/Z$/),
      data: {
        task_id,
        status: "completed",
        provider: "claude",
        model: expect.stringMatching(/^claude/),
        ...money,
        batch_id: null,
        flow_id: null,
        flow_step: null,
        parent_task_id: null,
        error: null,
        properties: { team: "a" },
      },
    });
    expect(delivery?.payload).not.toMatch(/question|the answer/);
  });

  test("of a batch is told to its webhook_url, and of each task to the task's own", async () => {
    const webhook_url = at("/a-batch");
    const tasks = [{ prompt: "one" }, { prompt: "two", webhook_url: at("/b-task") }];
    const batch = await call<{ batch_id: string }>("POST", "/v1/batches", { key, body: { tasks, webhook_url } });
    await call("GET", `/v1/batches/${batch.body.batch_id}?wait=20`, { key });
    const told = async () =>
      (
        await env.DB.prepare("select url, type from webhook_deliveries where workspace = ? order by url")
          .bind(workspace)
          .all<{ url: string; type: string }>()
      ).results;
    await expect.poll(told).toEqual([
      { url: webhook_url, type: "batch.completed" },
      { url: at("/b-task"), type: "delegation.completed" },
    ]);
  });

  test("of a flow is told to its webhook_url, and its steps to nobody in particular", async () => {
    const body = { pattern: "chain", steps: [{ name: "one", prompt: "x" }], webhook_url: at("/flow") };
    const flow = await call<{ flow_id: string }>("POST", "/v1/flows", { key, body });
    expect(flow.status).toBe(202);
    await call("GET", `/v1/flows/${flow.body.flow_id}?wait=20`, { key });
    const told = async () =>
      (await env.DB.prepare("select type, url from webhook_deliveries where workspace = ?").bind(workspace).all()).results;
    await expect.poll(told).toEqual([{ type: "flow.completed", url: at("/flow") }]);
  });

  test.each([
    ["/v1/delegations", { prompt: "x", webhook_url: "https://10.0.0.1/" }, "webhook_url"],
    ["/v1/batches", { tasks: [{ prompt: "x" }], webhook_url: "https://nas.local/" }, "webhook_url"],
    ["/v1/batches", { tasks: [{ prompt: "x", webhook_url: "https://a:b@example.com/" }] }, "tasks.0.webhook_url"],
    ["/v1/flows", { pattern: "chain", steps: [{ name: "one", prompt: "x" }], webhook_url: "https://[fc00::1]/" }, "webhook_url"],
  ])("POST %s refuses an address that is no target: %j", async (path, body, field) => {
    const answer = await call<ProblemBody>("POST", path, { key, body });
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, field]);
  });

  test("is sent again on demand, with the same webhook-id and a new schedule", async () => {
    const { id } = await makeWebhook(key, { url: URL_ });
    const tested = await call<{ id: string; type: string; message_id: string }>("POST", `/v1/webhooks/${id}/test`, { key });
    expect([tested.status, tested.body.type]).toEqual([202, "webhook.test"]);
    const settle = "update webhook_deliveries set status = 'failed', claimed_until = null, attempts = 8 where workspace = ?";
    await env.DB.prepare(settle).bind(workspace).run();
    const again = await call("POST", `/v1/webhooks/${id}/deliveries/${tested.body.id}/redeliver`, { key });
    expect([again.status, again.body]).toEqual([
      202,
      expect.objectContaining({ status: "pending", message_id: tested.body.message_id }),
    ]);
    expect((await call("POST", `/v1/webhooks/${id}/deliveries/dlv_nope/redeliver`, { key })).status).toBe(404);
  });

  test("is listed newest first, page by page, and by status", async () => {
    const { id } = await makeWebhook(key, { url: URL_ });
    const insert = env.DB.prepare(
      `insert into webhook_deliveries (workspace, delivery_id, message_id, endpoint_id, url, type, payload, status, created_at, attempts, log)
       values (?1, 'dlv_' || cast(?2 as integer), 'msg', ?3, 'x', 'webhook.test', '{}', ?4, ?2, 0, '[]')`,
    );
    await env.DB.batch([1, 2, 3].map((at) => insert.bind(workspace, at, id, at === 2 ? "failed" : "delivered")));
    const path = `/v1/webhooks/${id}/deliveries`;
    type Page = { data: { id: string }[]; next_cursor: string | null };
    const first = (await call<Page>("GET", `${path}?limit=2`, { key })).body;
    const second = (await call<Page>("GET", `${path}?limit=2&cursor=${first.next_cursor}`, { key })).body;
    expect([...first.data, ...second.data].map((one) => one.id)).toEqual(["dlv_3", "dlv_2", "dlv_1"]);
    const failed = (await call<Page>("GET", `${path}?status=failed`, { key })).body;
    expect(failed.data.map((one) => one.id)).toEqual(["dlv_2"]);
  });
});

describe("the sweep", () => {
  test("rings for deliveries that are due and deletes those whose retention is over", async () => {
    const { id } = await makeWebhook(key, { url: URL_ });
    const insert = env.DB.prepare(
      `insert into webhook_deliveries (workspace, delivery_id, message_id, endpoint_id, url, type, payload, status, created_at, next_attempt_at, attempts, log)
       values (?, ?, 'msg', ?, 'x', 'webhook.test', '{}', ?, 1, ?, 0, '[]')`,
    );
    await env.DB.batch([
      insert.bind(workspace, "dlv_due", id, "pending", 1_000),
      insert.bind(workspace, "dlv_later", id, "pending", 4e12),
      insert.bind(workspace, "dlv_over", id, "delivered", 1_000),
      insert.bind(workspace, "dlv_kept", id, "failed", 4e12),
    ]);
    const bell = silentDoorbell();
    await sweepWebhooks({ WEBHOOK_QUEUE: bell }, createDatabase(env.DB), 1_000);
    expect(bell.rung).toEqual([{ workspace, delivery_ids: ["dlv_due"] }]);
    expect((await deliveriesOf(key, id)).map((one) => one.id).toSorted()).toEqual(["dlv_due", "dlv_kept", "dlv_later"]);
  });
});

describe("a budget", () => {
  test("that is nearly and then wholly spent is told of, each once in a period", async () => {
    const { id } = await makeWebhook(key, { url: URL_, events: ["budget.warning", "budget.exceeded"] });
    const budget = { scope: "workspace", period: "total", limit: 0.000_001, warn_at: [0.5], allow_unpriced: true };
    // What is recorded of a task that began before there was a budget is counted, and here spends all of it.
    const running = { provider: "claude", prompt: simulate({ text: "late", first_ms: 300 }, "before the budget") };
    const { task_id } = (await call<{ task_id: string }>("POST", "/v1/delegations", { key, body: running })).body;
    expect((await call("PUT", "/v1/budgets/all", { key, body: budget })).status).toBeLessThan(300);
    await call("GET", `/v1/delegations/${task_id}?wait=20`, { key });
    const told = async () =>
      (await deliveriesOf(key, id))
        .map(({ payload }) => JSON.parse(payload))
        .map(({ type, data }) => [type, data.budget, data.share]);
    await expect
      .poll(async () => (await told()).toSorted(), { timeout: 10_000 })
      .toEqual([
        ["budget.exceeded", "all", 1],
        ["budget.warning", "all", 0.5],
      ]);
    await call("POST", "/v1/delegations", { key, body: { provider: "claude", prompt: "refused" } });
    expect(await told()).toHaveLength(2);
  }, 20_000);
});
