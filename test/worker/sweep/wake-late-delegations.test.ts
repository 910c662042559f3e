import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { createDatabase } from "../../../src/db/client.ts";
import { insertWaiting } from "../../../src/db/insert-waiting.ts";
import { sweep } from "../../../src/sweep/sweep.ts";
import { call } from "../../support/api-client.ts";
import { batchObjectOf, batchOf, endOf, rebind, silentQueue } from "../../support/batch-object.ts";
import { callsFor, finalOf, freshId, objectOf, rowOf, specOf } from "../../support/delegation-object.ts";
import { deliveriesOf, makeWebhook } from "../../support/delivering.ts";
import { emptyLists } from "../../support/empty-lists.ts";
import { ADMIN_KEY } from "../../support/simulated-vendors.ts";
import { delegationRow } from "../db/rows.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** A row on the list of a task that was accepted `agoMs` ago with a batch, and that no object has. */
async function waitingRow(agoMs: number, changes: { batch_id: string | null }): Promise<string> {
  const id = freshId("waiting");
  const created_at = Date.now() - agoMs;
  const waiting = { version: 0, status: "pending", created_at, moves_by: 1, ...changes };
  await insertWaiting(createDatabase(env.DB), [delegationRow({ workspace: "default", task_id: id, ...waiting })]);
  return id;
}

beforeEach(emptyLists);

describe("the sweep of late tasks", () => {
  test("wakes a task whose alarm is gone, and it completes", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(specOf(id, simulate([{ status: 429, retry_after: 5 }, { text: "rescued" }], id)));
    await expect.poll(async () => (await rowOf(id))?.attempts).toBe(1);
    await runInDurableObject(stub, (_object, state) => state.storage.deleteAlarm());
    await evictDurableObject(stub);
    await sweep(env, Date.now() + HOUR_MS);
    expect(await finalOf(stub)).toMatchObject({ status: "completed", output: "rescued" });
    expect(await callsFor(id)).toHaveLength(2);
  });

  test("leaves a task alone that is not late", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(specOf(id, simulate([{ status: 429, retry_after: 30 }, { text: "later" }], id)));
    await expect.poll(async () => (await rowOf(id))?.attempts).toBe(1);
    await runInDurableObject(stub, (_object, state) => state.storage.deleteAlarm());
    await sweep(env, Date.now());
    expect(await runInDurableObject(stub, (_object, state) => state.storage.getAlarm())).toBeNull();
    await stub.cancel("owner");
  });

  test("wakes the batch of a task that it holds, and the task runs", async () => {
    const spec = batchOf([simulate({ text: "held" }, freshId())]);
    const stub = batchObjectOf(spec.batch_id);
    const refusing = { DELEGATION_QUEUE: { sendBatch: () => Promise.reject(new Error("Queue is overloaded")) } };
    await rebind(stub, refusing);
    await stub.accept(spec);
    await env.DB.prepare("delete from batches where batch_id = ?").bind(spec.batch_id).run();
    await runInDurableObject(stub, (_object, { storage }) => storage.deleteAlarm());
    await evictDurableObject(stub);
    const taskId = `${spec.batch_id}.0`;
    expect(await rowOf(taskId)).toMatchObject({ status: "pending", moves_by: spec.created_at + 10 * MINUTE_MS });
    await sweep(env, Date.now() + HOUR_MS);
    expect(await endOf(spec.batch_id)).toMatchObject({ status: "completed" });
    expect(await finalOf(objectOf(taskId))).toMatchObject({ status: "completed", output: "held" });
  });

  test("does not give up a task that its batch holds, and comes back to it in ten minutes", async () => {
    const spec = batchOf([simulate({ text: "held" }, freshId())]);
    const stub = batchObjectOf(spec.batch_id);
    await rebind(stub, silentQueue().binding);
    await stub.accept(spec);
    const now = Date.now() + HOUR_MS;
    await sweep(env, now);
    expect(await rowOf(`${spec.batch_id}.0`)).toMatchObject({ status: "pending", moves_by: now + 10 * MINUTE_MS });
    await stub.cancel("owner");
  });

  test.each([
    ["that has no batch", null],
    ["whose batch is not there", "nowhere"],
  ])("gives up a task %s ten minutes after it came, not before", async (_title, batch_id) => {
    const [old, young] = [await waitingRow(11 * MINUTE_MS, { batch_id }), await waitingRow(9 * MINUTE_MS, { batch_id })];
    await sweep(env, Date.now());
    expect(await rowOf(old)).toMatchObject({ status: "failed", error_code: "internal", completed_at: expect.any(Number) });
    expect(await rowOf(young)).toMatchObject({ status: "pending", error_code: null });
  });

  test("tells the workspace's webhooks of a task it gives up, once", async () => {
    const { id } = await makeWebhook(ADMIN_KEY, { url: `${env.SIMULATOR_URL}/hook`, events: ["delegation.failed"] });
    const lost = await waitingRow(11 * MINUTE_MS, { batch_id: null });
    for (const _ of ["one", "two"]) await sweep(env, Date.now());
    const told = (await deliveriesOf(ADMIN_KEY, id)).map(({ payload }) => JSON.parse(payload).data);
    expect(told.filter(({ task_id }) => task_id === lost)).toMatchObject([{ status: "failed", error: { code: "internal" } }]);
    await call("DELETE", `/v1/webhooks/${id}`);
  });

  test("gives up a task that its batch does not know", async () => {
    const spec = batchOf([simulate({ text: "x" }, freshId())]);
    await batchObjectOf(spec.batch_id).accept(spec);
    const stranger = await waitingRow(11 * MINUTE_MS, { batch_id: spec.batch_id });
    await sweep(env, Date.now());
    expect(await rowOf(stranger)).toMatchObject({ status: "failed", error_code: "internal" });
    await endOf(spec.batch_id);
  });

  test("decides nothing about a task whose batch cannot be asked", async () => {
    const id = await waitingRow(HOUR_MS, { batch_id: "away" });
    const away = { getByName: () => ({ wake: () => Promise.reject(new Error("away")) }) };
    await sweep({ ...env, BATCHES: away as never }, Date.now());
    expect(await rowOf(id)).toMatchObject({ status: "pending" });
  });
});
