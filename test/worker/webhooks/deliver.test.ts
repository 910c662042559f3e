import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { claimDue } from "../../../src/webhooks/deliver.ts";
import { call } from "../../support/api-client.ts";
import { Delivering, deliveriesOf, type MadeWebhook, makeWebhook } from "../../support/delivering.ts";
import { makeWorkspace } from "../../support/team.ts";
import { signersOf } from "../../support/verified-webhook.ts";

type Entry = { action: string; actor: string; detail: { because: string } };

let workspace: string;
let key: string;
let hook: MadeWebhook;
beforeEach(async () => {
  const made = await makeWorkspace();
  workspace = made.workspace;
  key = made.key.key;
  hook = await makeWebhook(key);
});

const ok = () => new Response("thanks");
const broken = (headers: { [name: string]: string } = {}) => new Response("no", { status: 500, headers });

let stored = 0;
/** A delivery that is due at once, as an announcement leaves it. */
async function due(fields: { endpoint_id?: string | null; url?: string } = {}): Promise<string> {
  stored += 1;
  const id = `dlv_${stored}`;
  await env.DB.prepare(
    `insert into webhook_deliveries (workspace, delivery_id, message_id, endpoint_id, url, type, payload, status, created_at, next_attempt_at, attempts, log)
     values (?, ?, ?, ?, ?, 'delegation.completed', '{"type":"delegation.completed"}', 'pending', 1, 1, 0, '[]')`,
  )
    .bind(workspace, id, `msg_${stored}`, fields.endpoint_id === undefined ? hook.id : fields.endpoint_id, fields.url ?? hook.url)
    .run();
  return id;
}

const rowOf = (id: string) =>
  env.DB.prepare("select * from webhook_deliveries where workspace = ? and delivery_id = ?")
    .bind(workspace, id)
    .first<{ status: string; next_attempt_at: number; claimed_until: number | null; attempts: number; log: string }>();
const hookNow = async () => (await call<MadeWebhook>("GET", `/v1/webhooks/${hook.id}`, { key })).body;

describe("a delivery", () => {
  test("is signed with the endpoint's secret, and delivered by any 2xx", async () => {
    const world = new Delivering(ok);
    const id = await due();
    await world.run(workspace, [id]);
    const [request] = world.received;
    expect(request).toMatchObject({ url: hook.url, headers: { "content-type": "application/json", "user-agent": "depute" } });
    expect(signersOf(request ?? { headers: {}, body: "" }, [hook.secret, "whsec_b3RoZXI="])).toEqual([hook.secret]);
    const [shown] = await deliveriesOf(key, hook.id);
    expect(shown).toMatchObject({ id, status: "delivered", next_attempt_at: null, delivered_at: expect.any(String) });
    expect(shown?.attempts).toMatchObject([{ status: 200, error: null, response_excerpt: "thanks", url: hook.url }]);
    expect(JSON.stringify(shown)).not.toContain(request?.headers["webhook-signature"] ?? "v1,");
  });

  test("that fails is tried again on the schedule, with the same id, and is given up after the eighth attempt", async () => {
    const world = new Delivering(() => broken());
    const id = await due();
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await world.run(workspace, [id]);
      const row = await rowOf(id);
      if (row?.status === "pending") waits.push(row.next_attempt_at - world.now);
      await world.run(workspace, [id]);
      expect(world.received).toHaveLength(attempt);
      world.now = row?.next_attempt_at ?? 0;
    }
    expect(waits.map((ms) => ms / 1_000)).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 36_000]);
    expect(await rowOf(id)).toMatchObject({ status: "failed", attempts: 8 });
    expect(new Set(world.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(world.queue.rung).toEqual([{ workspace, delivery_ids: [id], delaySeconds: 5 }]);
  });

  test("waits for as long as its receiver asks", async () => {
    const world = new Delivering(() => broken({ "retry-after": "900" }));
    const id = await due();
    await world.run(workspace, [id]);
    expect((await rowOf(id))?.next_attempt_at).toBe(world.now + 900_000);
  });

  test("that was claimed by a run that died is due again when the claim ends, and not before", async () => {
    const dead = new Delivering(() => new Promise(() => {}));
    const id = await due();
    void dead.run(workspace, [id]);
    await expect.poll(() => dead.received.length).toBe(1);
    const world = new Delivering(ok);
    world.now = dead.now + 59_000;
    await world.run(workspace, [id]);
    expect(world.received).toHaveLength(0);
    world.now = dead.now + 60_000;
    await world.run(workspace, [id]);
    expect([world.received.length, (await rowOf(id))?.status]).toEqual([1, "delivered"]);
  });

  test("whose outcome cannot be stored is due again when the claim ends; the log says so without its address", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const world = new Delivering(ok);
    const lost = vi.spyOn(world.deps.db, "batch");
    const id = await due({ endpoint_id: null, url: "https://receiver.example.com/a-secret-path" });
    const run = await claimDue([{ workspace, delivery_id: id }], world.deps);
    lost.mockRejectedValueOnce(new Error("the database is away"));
    await run();
    expect(await rowOf(id)).toMatchObject({ status: "pending", attempts: 0, next_attempt_at: world.now + 60_000 });
    const text = JSON.stringify(logged.mock.calls);
    expect(text).toContain("the database is away");
    expect(text).toContain(workspace);
    expect(text).not.toContain("a-secret-path");
    vi.restoreAllMocks();
  });

  test("is claimed by one of two runs at once", async () => {
    const world = new Delivering(ok);
    const id = await due();
    await Promise.all([world.run(workspace, [id]), world.run(workspace, [id]), world.run(workspace, [id])]);
    expect(world.received).toHaveLength(1);
  });

  test("is not sent to an address that is no target any more, says so, and does not count against the endpoint", async () => {
    const world = new Delivering(ok);
    await env.DB.prepare("update webhook_endpoints set url = 'https://10.0.0.1/' where endpoint_id = ?").bind(hook.id).run();
    await world.run(workspace, [await due()]);
    expect(world.received).toHaveLength(0);
    const [shown] = await deliveriesOf(key, hook.id);
    expect(shown).toMatchObject({
      status: "pending",
      attempts: [{ status: null, error: expect.stringContaining("private, local or special") }],
    });
    expect((await hookNow()).failing_since).toBeNull();
  });

  test("waits while the deployment's secret does not open the endpoint's, and goes when it is listed again", async () => {
    const id = await due();
    const other = "another-secret-0123456789-0123456789";
    const locked = new Delivering(ok, { ...env, DEPUTE_SECRET: other });
    await locked.run(workspace, [id]);
    expect([locked.received.length, (await rowOf(id))?.status]).toEqual([0, "pending"]);
    const world = new Delivering(ok, { ...env, DEPUTE_SECRET: `${other},${Reflect.get(env, "DEPUTE_SECRET")}` });
    world.now = (await rowOf(id))?.next_attempt_at ?? 0;
    await world.run(workspace, [id]);
    expect((await rowOf(id))?.status).toBe("delivered");
  });

  test("to a webhook_url is signed with the workspace's secret", async () => {
    const world = new Delivering(ok);
    await world.run(workspace, [await due({ endpoint_id: null, url: "https://named.example.com/" })]);
    const { secret } = (await call<{ secret: string }>("GET", "/v1/webhooks/secret", { key })).body;
    const [request] = world.received;
    expect(request?.url).toBe("https://named.example.com/");
    expect(signersOf(request ?? { headers: {}, body: "" }, [secret, hook.secret])).toEqual([secret]);
  });
});

describe("an endpoint", () => {
  test("that answers 410 is disabled at once, by the system, and the delivery is over", async () => {
    const world = new Delivering(() => new Response(null, { status: 410 }));
    const [first, second] = [await due(), await due()];
    await world.run(workspace, [first]);
    expect((await rowOf(first))?.status).toBe("failed");
    expect(await hookNow()).toMatchObject({ enabled: false, disabled_because: "It answered 410: it wants no more." });
    const { data } = (await call<{ data: Entry[] }>("GET", `/v1/audit?subject=${hook.id}`, { key })).body;
    expect(data[0]).toMatchObject({ action: "webhook.disabled", actor: "system" });
    await world.run(workspace, [second]);
    expect([world.received.length, (await rowOf(second))?.status]).toEqual([1, "failed"]);
  });

  test("is disabled when every delivery failed for five days, and one success starts that anew", async () => {
    let answer = broken;
    const world = new Delivering(() => answer());
    const begun = world.now;
    const fails = async () => world.run(workspace, [await due()]);
    await fails();
    expect(Date.parse((await hookNow()).failing_since ?? "")).toBe(begun);
    answer = ok;
    await fails();
    expect((await hookNow()).failing_since).toBeNull();
    answer = broken;
    await fails();
    world.now = begun + 5 * 86_400_000 - 1;
    await fails();
    expect((await hookNow()).enabled).toBe(true);
    world.now += 1;
    await fails();
    expect(await hookNow()).toMatchObject({ enabled: false, disabled_because: "Every delivery failed for five days." });
  });

  test("that is slow takes five deliveries at once, and keeps no other waiting", async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const fast = await makeWebhook(key, { url: "https://fast.example.com/" });
    const world = new Delivering(async ({ url }) => {
      if (url.includes("receiver")) await released;
      return ok();
    });
    const slow = await Promise.all(Array.from({ length: 8 }, () => due()));
    const quick = await due({ endpoint_id: fast.id });
    const run = world.run(workspace, [...slow, quick]);
    await expect.poll(async () => (await rowOf(quick))?.status).toBe("delivered");
    expect(world.received.filter(({ url }) => url.includes("receiver"))).toHaveLength(5);
    const more = await due();
    await world.run(workspace, [more]);
    expect(await rowOf(more)).toMatchObject({ status: "pending", claimed_until: null, next_attempt_at: world.now + 20_000 });
    expect(world.queue.rung).toEqual([{ workspace, delivery_ids: [more], delaySeconds: 20 }]);
    release();
    await run;
    expect(await Promise.all(slow.map(async (id) => (await rowOf(id))?.status))).toEqual(Array(8).fill("delivered"));
  });
});

describe("a rotated secret", () => {
  test("signs together with the old one until the overlap ends", async () => {
    const world = new Delivering(ok);
    const rotated = await call<MadeWebhook>("POST", `/v1/webhooks/${hook.id}/rotate-secret`, { key, body: { overlap: 3_600 } });
    const secrets = [rotated.body.secret, hook.secret];
    await world.run(workspace, [await due()]);
    world.now += 3_601_000;
    await world.run(workspace, [await due()]);
    const [during, after] = world.received.map(({ headers }) => headers["webhook-signature"]?.split(" ").length);
    expect([during, after]).toEqual([2, 1]);
    expect(signersOf(world.received[0] ?? { headers: {}, body: "" }, secrets)).toEqual(secrets);
  });
});

describe("a bell that cannot be rung", () => {
  test("loses nothing", async () => {
    const world = new Delivering(() => broken());
    Object.assign(world.queue, { send: () => Promise.reject(new Error("the queue is away")) });
    const id = await due();
    await world.run(workspace, [id]);
    expect(await rowOf(id)).toMatchObject({ status: "pending", claimed_until: null });
  });
});
