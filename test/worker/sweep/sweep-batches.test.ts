import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { Batch } from "../../../src/batches/batch.ts";
import { createDatabase } from "../../../src/db/client.ts";
import { type BatchRow, saveBatch } from "../../../src/db/save-batch.ts";
import { sweep } from "../../../src/sweep/sweep.ts";
import { call } from "../../support/api-client.ts";
import { batchObjectOf, batchOf, endOf, rebind } from "../../support/batch-object.ts";
import { freshId, rowOf } from "../../support/delegation-object.ts";
import { emptyLists } from "../../support/empty-lists.ts";
import { batchRow } from "../db/rows.ts";
import { sweepUntil } from "./sweep-until.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const listed = (batchId: string) => env.DB.prepare("select * from batches where batch_id = ?").bind(batchId).first<BatchRow>();

beforeEach(emptyLists);

describe("the sweep of batches", () => {
  test("wakes a batch whose alarm is gone, and it completes", async () => {
    const spec = batchOf([simulate({ text: "rescued" }, freshId())]);
    const stub = batchObjectOf(spec.batch_id);
    await rebind(stub, { DELEGATION_QUEUE: { sendBatch: () => Promise.reject(new Error("Queue is overloaded")) } });
    await stub.accept(spec);
    await env.DB.prepare("delete from delegations where batch_id = ?").bind(spec.batch_id).run();
    expect(await listed(spec.batch_id)).toMatchObject({ status: "in-progress", completed_at: null });
    await runInDurableObject(stub, (_object, { storage }) => storage.deleteAlarm());
    await evictDurableObject(stub);
    await sweep(env, Date.now() + HOUR_MS);
    expect(await endOf(spec.batch_id)).toMatchObject({ status: "completed", counts: { completed: 1 } });
    await expect.poll(() => listed(spec.batch_id)).toMatchObject({ status: "completed" });
  });

  test("leaves a batch alone that is not late", async () => {
    const spec = batchOf([simulate({ text: "slow", first_ms: 5_000 }, freshId())]);
    const stub = batchObjectOf(spec.batch_id);
    await stub.accept(spec);
    await runInDurableObject(stub, (_object, { storage }) => storage.deleteAlarm());
    await sweep(env, Date.now());
    expect(await runInDurableObject(stub, (_object, { storage }) => storage.getAlarm())).toBeNull();
    await endOf(spec.batch_id);
  });

  test("lets go of a row whose object is not there", async () => {
    const orphan = freshId("orphan");
    await saveBatch(createDatabase(env.DB), batchRow({ workspace: "default", batch_id: orphan, moves_by: 1 }));
    await sweep(env, Date.now());
    expect(await listed(orphan)).toMatchObject({ status: "in-progress", moves_by: null });
  });
});

describe("the retention of a batch", () => {
  test("leaves one row of it without any text, takes it off the list and answers 410, twice without harm", async () => {
    const secret = freshId("secret");
    const body = { batch_id: freshId("batch"), tasks: [{ prompt: simulate({ text: secret }, secret) }] };
    await call<Batch>("POST", "/v1/batches", { body });
    const done = await endOf(body.batch_id);
    await expect.poll(() => listed(body.batch_id)).toMatchObject({ moves_by: Date.parse(done.completed_at ?? "") + 90 * DAY_MS });
    const stub = batchObjectOf(body.batch_id);
    await sweepUntil(async () => (await stub.read(0)).kind === "gone");
    await expect.poll(() => listed(body.batch_id)).toBeNull();
    const keys = () => runInDurableObject(stub, (_object, { storage }) => [...storage.kv.list()].map(([key]) => key));
    await expect.poll(keys).toEqual(["erased"]);
    for (const path of ["", "/events", "/results"]) {
      expect((await call("GET", `/v1/batches/${body.batch_id}${path}`)).status).toBe(410);
    }
    expect((await call("POST", `/v1/batches/${body.batch_id}/cancel`)).status).toBe(410);
    expect((await call("POST", "/v1/batches", { body })).status).toBe(410);
    expect(await stub.erase()).toEqual({ kind: "erased" });
    await expect.poll(keys).toEqual(["erased"]);
    expect((await rowOf(`${body.batch_id}.0`))?.cost_nanos).toBe(done.cost_nanos);
  });

  test("that was made longer meanwhile keeps the batch", async () => {
    const spec = batchOf([simulate({ text: "kept" }, freshId())]);
    await batchObjectOf(spec.batch_id).accept(spec);
    const { completed_at } = await endOf(spec.batch_id);
    await expect.poll(() => listed(spec.batch_id)).toMatchObject({ status: "completed" });
    await env.DB.prepare("update batches set moves_by = 1 where batch_id = ?").bind(spec.batch_id).run();
    await sweep(env, Date.now());
    expect(await listed(spec.batch_id)).toMatchObject({ moves_by: Date.parse(completed_at ?? "") + 90 * DAY_MS });
    expect(await batchObjectOf(spec.batch_id).read(0)).toMatchObject({ kind: "found" });
  });

  test("takes nothing from a batch that has not ended, and nothing off the list but that whose object is not there", async () => {
    const spec = batchOf([simulate({ text: "slow", first_ms: 3_000 }, freshId())]);
    const stub = batchObjectOf(spec.batch_id);
    await stub.accept(spec);
    expect(await stub.erase()).toEqual({ kind: "open" });
    expect(await endOf(spec.batch_id)).toMatchObject({ status: "completed" });
    const orphan = freshId("orphan");
    const ended = { status: "completed", completed_at: 1, moves_by: 1 };
    await saveBatch(createDatabase(env.DB), batchRow({ workspace: "default", batch_id: orphan, ...ended }));
    await sweep(env, Date.now());
    expect(await listed(orphan)).toBeNull();
  });
});
