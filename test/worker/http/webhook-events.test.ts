import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { createDatabase } from "../../../src/db/client.ts";
import { sweepWebhooks } from "../../../src/sweep/sweep-webhooks.ts";
import { call, type ProblemBody } from "../../support/api-client.ts";
import { callsFor, freshId } from "../../support/delegation-object.ts";
import { deliveriesOf, makeWebhook, silentDoorbell } from "../../support/delivering.ts";
import { makeWorkspace } from "../../support/team.ts";

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
    const prompt = simulate({ text: "late", first_ms: 3_000 }, freshId("before-the-budget"));
    const running = { provider: "claude", prompt };
    const { task_id } = (await call<{ task_id: string }>("POST", "/v1/delegations", { key, body: running })).body;
    await expect.poll(async () => (await callsFor(prompt)).length).toBe(1);
    expect((await call("PUT", "/v1/budgets/all", { key, body: budget })).status).toBeLessThan(300);
    await call("GET", `/v1/delegations/${task_id}?wait=20`, { key });
    const told = async () =>
      (await deliveriesOf(key, id))
        .map(({ payload }) => JSON.parse(payload))
        .map(({ type, data }) => [type, data.budget, data.share]);
    await expect
      .poll(async () => (await told()).toSorted())
      .toEqual([
        ["budget.exceeded", "all", 1],
        ["budget.warning", "all", 0.5],
      ]);
    await call("POST", "/v1/delegations", { key, body: { provider: "claude", prompt: "refused" } });
    expect(await told()).toHaveLength(2);
  });
});
