import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { Delegation } from "../../../src/delegations/delegation.ts";
import { call, send } from "../../support/api-client.ts";
import { batchObjectOf, batchOf, endOf } from "../../support/batch-object.ts";
import { callsFor, eventsOf, finalOf, freshId, objectOf, rowOf } from "../../support/delegation-object.ts";

const slow = { text: "slow", first_ms: 60_000 };

/** One task at the vendor, the others held behind it. */
async function held(count: number) {
  const mark = freshId("mark");
  const prompts = Array.from({ length: count }, (_, index) => simulate(slow, `${mark}-${index};`));
  const spec = batchOf(prompts, { max_concurrency: 1 });
  const object = batchObjectOf(spec.batch_id);
  await object.accept(spec);
  await expect.poll(async () => (await callsFor(mark)).length).toBe(1);
  return { spec, object, mark, ids: spec.tasks.map(({ task_id }) => task_id) };
}

describe("cancel of a batch", () => {
  test("stops what runs, never starts what was held, and is the same again", async () => {
    const { spec, object, mark, ids } = await held(30);
    const [first, again] = await Promise.all([object.cancel("alice"), object.cancel("bob")]);
    expect(first).toMatchObject({ kind: "found", batch: { status: "cancelled", counts: { cancelled: 30, total: 30 } } });
    expect(again).toEqual(first);
    await expect.poll(async () => (await callsFor(mark)).map(({ ended_by }) => ended_by)).toEqual(["aborted"]);
    const last = await finalOf(objectOf(ids[29] ?? ""));
    expect(last).toMatchObject({ status: "cancelled", cost_nanos: 0, attempts: [], batch_id: spec.batch_id });
    expect(last.error?.message).toContain("alice");
    await expect.poll(async () => (await rowOf(ids[29] ?? ""))?.status).toBe("cancelled");
    expect(await object.cancel("carol")).toEqual(first);
  });

  test("leaves what has ended as it is, and a batch that has ended wholly is completed", async () => {
    const spec = batchOf([simulate({ text: "x" }, freshId())]);
    await batchObjectOf(spec.batch_id).accept(spec);
    const done = await endOf(spec.batch_id);
    expect(await batchObjectOf(spec.batch_id).cancel("a")).toEqual({ kind: "found", batch: done });
    expect(done.status).toBe("completed");
  });
});

describe("a task that was accepted and not started", () => {
  test("has no events yet, and a live reader gets them from the first on when it is started", async () => {
    const { object, ids } = await held(2);
    const [running = "", waiting = ""] = ids;
    const path = `/v1/delegations/${waiting}/events`;
    expect(await call("GET", path)).toMatchObject({ status: 200, body: { data: [] } });
    const live = send("GET", path, { headers: { accept: "text/event-stream" } });
    await objectOf(running).cancel("a");
    await expect.poll(async () => (await objectOf(waiting).read(0)).kind).toBe("found");
    await object.cancel("a");
    expect(await (await live).text()).toMatch(/^id: 1\nevent: thread.started\n[\s\S]*event: thread.completed\n/);
  });

  test("answers GET, waits, is on record as cancelled, and is cancelled for every later start", async () => {
    const { spec, object, ids, mark } = await held(3);
    const [running = "", waiting = ""] = ids;
    const path = `/v1/delegations/${waiting}`;
    const read = await call<Delegation>("GET", path);
    expect(read).toMatchObject({
      status: 200,
      body: { task_id: waiting, status: "pending", batch_id: spec.batch_id, attempts: [] },
    });
    const cancelled = await call<Delegation>("POST", `${path}/cancel`);
    expect(cancelled).toMatchObject({ status: 200, body: { status: "cancelled", error: { code: "cancelled" } } });
    expect((await call("POST", `${path}/cancel`)).status).toBe(200);
    const started = await objectOf(waiting).start(spec.tasks[1] ?? expect.fail());
    expect(started).toMatchObject({ kind: "same", delegation: { status: "cancelled" } });
    expect((await eventsOf(objectOf(waiting))).map(({ type }) => type)).toEqual(["thread.started", "thread.completed"]);
    await objectOf(running).cancel("a");
    await objectOf(ids[2] ?? "").read(0);
    await expect.poll(async () => (await callsFor(mark)).length).toBe(2);
    await object.cancel("a");
    expect(await endOf(spec.batch_id)).toMatchObject({ status: "cancelled", counts: { cancelled: 3 } });
  });

  test("GET with wait is answered when it has been started and has ended", async () => {
    const mark = freshId("mark");
    const prompts = [simulate({ text: "first", first_ms: 150 }, `${mark}-0`), simulate({ text: "second" }, `${mark}-1`)];
    const spec = batchOf(prompts, { max_concurrency: 1 });
    await batchObjectOf(spec.batch_id).accept(spec);
    const answer = await call<Delegation>("GET", `/v1/delegations/${spec.batch_id}.1?wait=20`);
    expect(answer.body).toMatchObject({ status: "completed", output: "second" });
  });
});
