import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalWorker } from "../../scripts/start/local-worker.ts";
import { simulate } from "../../simulator/simulate.ts";
import type { Delegation } from "../../src/delegations/delegation.ts";
import { openDatabase } from "../support/e2e-books.ts";
import { E2eServer } from "../support/e2e-server.ts";
import { startE2eWorker } from "../support/e2e-worker.ts";
import { signersOf } from "../support/verified-webhook.ts";
import { WebhookReceiver } from "../support/webhook-receiver.ts";

type Hook = { id: string; secret: string; enabled: boolean };
type Delivery = { id: string; status: string; message_id: string; attempts: { status: number | null }[] };

const SOON = { timeout: 60_000 };

let server: E2eServer;
let receiver: WebhookReceiver;
const workers: LocalWorker[] = [];
beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  server = await E2eServer.start();
});
afterAll(async () => {
  for (const worker of workers) await worker.stop();
  await server[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

/** An endpoint at a path of its own. */
async function hookAt(path: string, events: string[]): Promise<Hook> {
  const body = { url: `${receiver.url}${path}`, events };
  const answer = await server.client.call<Hook>("POST", "/v1/webhooks", { body });
  expect([answer.status, answer.body]).toEqual([201, expect.anything()]);
  return answer.body;
}

const deliveriesOf = async ({ id }: Hook) =>
  (await server.client.call<{ data: Delivery[] }>("GET", `/v1/webhooks/${id}/deliveries`)).body.data;
const remove = ({ id }: Hook) => server.client.call("DELETE", `/v1/webhooks/${id}`);

async function startWorker(): Promise<LocalWorker> {
  const worker = await startE2eWorker(server);
  workers.push(worker);
  return worker;
}

describe("webhooks", () => {
  test("tell of tasks, batches and flows once each, signed, and only when a reader finds them ended", async () => {
    const ends = ["delegation.completed", "delegation.failed", "batch.completed", "flow.completed"];
    const hook = await hookAt("/all", ends);
    const found: Promise<unknown>[] = [];
    receiver.answer = ({ event }) => {
      const { task_id } = event.data;
      if (task_id !== undefined)
        found.push(server.client.list().then((rows) => rows.find((row) => row.task_id === task_id)?.status));
      return 204;
    };
    const done = await server.client.delegate({ provider: "claude", prompt: simulate({ text: "done" }, "one") });
    const failed = await server.client.delegate({ provider: "claude", prompt: simulate({ status: 401 }, "two") });
    const batch = await server.client.call<{ batch_id: string }>("POST", "/v1/batches", {
      body: { tasks: [{ prompt: "three" }, { prompt: "four" }] },
    });
    const flow = await server.client.call<{ flow_id: string }>("POST", "/v1/flows", {
      body: { pattern: "chain", steps: [{ name: "only", prompt: "five" }] },
    });
    await expect.poll(() => receiver.at("/all").length, SOON).toBe(7);
    const told = receiver.at("/all").map(({ event }) => {
      const { task_id, batch_id, flow_id } = event.data;
      return [event.type, task_id ?? batch_id ?? flow_id].join(" ");
    });
    expect(told.toSorted()).toEqual(
      [
        `delegation.completed ${done.task_id}`,
        `delegation.failed ${failed.task_id}`,
        `delegation.completed ${batch.body.batch_id}.0`,
        `delegation.completed ${batch.body.batch_id}.1`,
        `delegation.completed ${flow.body.flow_id}.only`,
        `batch.completed ${batch.body.batch_id}`,
        `flow.completed ${flow.body.flow_id}`,
      ].toSorted(),
    );
    expect((await Promise.all(found)).toSorted()).toEqual(["completed", "completed", "completed", "completed", "failed"]);
    for (const webhook of receiver.received) expect(signersOf(webhook, [hook.secret, "whsec_b3RoZXI="])).toEqual([hook.secret]);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(7);
    await remove(hook);
  });

  test("tell a task's own webhook_url, signed with the workspace's secret", async () => {
    const { secret } = (await server.client.call<{ secret: string }>("GET", "/v1/webhooks/secret")).body;
    const task = await server.client.delegate({ provider: "claude", prompt: "x", webhook_url: `${receiver.url}/own` });
    await expect.poll(() => receiver.at("/own").length, SOON).toBe(1);
    const [webhook] = receiver.at("/own");
    expect(webhook?.event).toMatchObject({ type: "delegation.completed", data: { task_id: task.task_id, status: "completed" } });
    expect(webhook && signersOf(webhook, [secret])).toEqual([secret]);
  });

  test("that are answered 500 come again after five seconds, with the same id", async () => {
    const hook = await hookAt("/broken", ["delegation.completed"]);
    receiver.answer = ({ path }) => (path === "/broken" && receiver.at("/broken").length === 1 ? 500 : 204);
    await server.client.delegate({ provider: "claude", prompt: "x" });
    await expect.poll(() => receiver.at("/broken").length, SOON).toBe(2);
    await expect.poll(async () => (await deliveriesOf(hook))[0]?.status, SOON).toBe("delivered");
    const [first, second] = receiver.at("/broken");
    expect(first?.headers["webhook-id"]).toBe(second?.headers["webhook-id"]);
    expect((await deliveriesOf(hook))[0]?.attempts.map(({ status }) => status)).toEqual([500, 204]);
    await remove(hook);
  });

  test("are signed with both secrets while a rotation overlaps, and come again on demand", async () => {
    const hook = await hookAt("/rotated", ["delegation.completed"]);
    const rotated = await server.client.call<Hook>("POST", `/v1/webhooks/${hook.id}/rotate-secret`, { body: { overlap: 600 } });
    await server.client.call("POST", `/v1/webhooks/${hook.id}/test`);
    await expect.poll(() => receiver.at("/rotated").length, SOON).toBe(1);
    const secrets = [rotated.body.secret, hook.secret];
    const [webhook] = receiver.at("/rotated");
    expect(webhook && signersOf(webhook, secrets)).toEqual(secrets);
    await expect.poll(async () => (await deliveriesOf(hook))[0]?.status, SOON).toBe("delivered");
    const [delivery] = await deliveriesOf(hook);
    await server.client.call("POST", `/v1/webhooks/${hook.id}/deliveries/${delivery?.id}/redeliver`);
    await expect.poll(() => receiver.at("/rotated").length, SOON).toBe(2);
    expect(receiver.at("/rotated").map(({ headers }) => headers["webhook-id"])).toEqual(Array(2).fill(delivery?.message_id));
    await remove(hook);
  });

  test("end with a 410", async () => {
    const hook = await hookAt("/gone", ["delegation.completed"]);
    receiver.answer = ({ path }) => (path === "/gone" ? 410 : 204);
    await server.client.call("POST", `/v1/webhooks/${hook.id}/test`);
    const isEnabled = async () => (await server.client.call<Hook>("GET", `/v1/webhooks/${hook.id}`)).body.enabled;
    await expect.poll(isEnabled, SOON).toBe(false);
    await server.client.delegate({ provider: "claude", prompt: "x" }).then(({ task_id }) => server.client.final(task_id));
    expect(receiver.at("/gone")).toHaveLength(1);
    await remove(hook);
  });

  test("survive kill -9 between the end of a task and its delivery, and while one is sent: none is lost", async () => {
    const hook = await hookAt("/killed", ["delegation.completed"]);
    receiver.answer = () => "never";
    const ids = ["first", "second", "third"];
    const tasks = await Promise.all(ids.map(() => server.client.delegate({ provider: "claude", prompt: "x" })));
    await expect.poll(() => receiver.at("/killed").length, SOON).toBeGreaterThan(0);
    const slow = await server.client.delegate({
      provider: "claude",
      prompt: simulate({ text: "y", first_ms: 300 }, "slow"),
    });
    await server.kill();
    receiver.answer = () => 204;
    makeDue(server.state);
    const worker = await startWorker();
    const wanted = [...tasks, slow].map(({ task_id }: Delegation) => task_id).toSorted();
    const delivered = async () => {
      await worker.sweep();
      return (await deliveriesOf(hook)).filter(({ status }) => status === "delivered").length;
    };
    await server.client.final(slow.task_id);
    await expect.poll(delivered, { interval: 500 }).toBe(wanted.length);
    const told = receiver.at("/killed").map(({ event }) => String(event.data.task_id));
    expect([...new Set(told)].toSorted()).toEqual(wanted);
  });
});

/** Ends the claims of runs that were killed, as it is a minute later. */
function makeDue(state: string): void {
  using database = openDatabase(state);
  database.exec("update webhook_deliveries set next_attempt_at = 1 where status = 'pending'");
}
