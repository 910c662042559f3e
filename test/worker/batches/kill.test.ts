import { abortAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { batchObjectOf, batchOf, endOf, rebind, resendNow, silentQueue } from "../../support/batch-object.ts";
import { callsFor, freshId, objectOf, rowOf } from "../../support/delegation-object.ts";

const never = () => new Promise<never>(() => undefined);
const hangingDatabase = new Proxy(env.DB, {
  get: () => () => ({ bind: () => ({ run: never, all: never, raw: never }), run: never, all: never, raw: never }),
});

/** A batch of three quick tasks, not accepted yet. */
function fresh() {
  const mark = freshId("mark");
  const spec = batchOf(["a", "b", "c"].map((name) => simulate({ text: name }, `${mark}-${name};`)));
  return { mark, spec, object: batchObjectOf(spec.batch_id), first: `${spec.batch_id}.0` };
}

async function expectAllOnce({ mark, spec }: ReturnType<typeof fresh>): Promise<void> {
  expect(await endOf(spec.batch_id)).toMatchObject({ status: "completed", counts: { total: 3, completed: 3 } });
  const calls = await callsFor(mark);
  expect(calls).toHaveLength(3);
  expect(new Set(calls.map(({ prompt }) => prompt)).size).toBe(3);
}

describe("a batch killed", () => {
  test("after it was accepted and before the caller knew: the retry finds it, and it runs", async () => {
    const batch = fresh();
    await rebind(batch.object, { DB: hangingDatabase, DELEGATION_QUEUE: { sendBatch: never } });
    const lost = batch.object.accept(batch.spec).then(
      () => "answered",
      () => "lost",
    );
    const isStored = () => runInDurableObject(batch.object, (_object, { storage }) => storage.kv.get("batch") !== undefined);
    await expect.poll(isStored).toBe(true);
    await abortAllDurableObjects();
    expect(await lost).toBe("lost");
    expect(await batchObjectOf(batch.spec.batch_id).accept(batch.spec)).toMatchObject({ kind: "same" });
    await expectAllOnce(batch);
    await expect.poll(async () => (await rowOf(batch.first))?.batch_id).toBe(batch.spec.batch_id);
  });

  test("without any retry: its alarm alone brings it to its end", async () => {
    const batch = fresh();
    await rebind(batch.object, { DB: hangingDatabase, DELEGATION_QUEUE: { sendBatch: never } });
    await batch.object.accept(batch.spec);
    await abortAllDurableObjects();
    await expectAllOnce(batch);
  });

  test("between the list and the queue: what was not sent is sent", async () => {
    const batch = fresh();
    await rebind(batch.object, { DELEGATION_QUEUE: { sendBatch: () => Promise.reject(new Error("Queue is overloaded")) } });
    await batch.object.accept(batch.spec);
    expect(await rowOf(batch.first)).toMatchObject({ status: "pending", version: 0 });
    await abortAllDurableObjects();
    await expectAllOnce(batch);
  });

  test("after sending, when the queue forgot everything: it is sent again", async () => {
    const batch = fresh();
    const { sent, binding } = silentQueue();
    await rebind(batch.object, binding);
    await batch.object.accept(batch.spec);
    expect(sent).toHaveLength(1);
    await abortAllDurableObjects();
    await resendNow(batch.spec.batch_id);
    await expectAllOnce(batch);
  });

  test("while its tasks run: they go on, and it hears of their ends", async () => {
    const mark = freshId("mark");
    const spec = batchOf(
      ["a", "b"].map((name) => simulate([{ text: name, first_ms: 60_000 }, { text: name }], `${mark}-${name};`)),
    );
    await batchObjectOf(spec.batch_id).accept(spec);
    await expect.poll(async () => (await callsFor(mark)).length).toBe(2);
    await abortAllDurableObjects();
    expect(await endOf(spec.batch_id)).toMatchObject({ status: "completed", counts: { completed: 2 } });
    for (const { task_id } of spec.tasks) {
      const outcome = await objectOf(task_id).read(0);
      expect(outcome.kind === "found" && outcome.delegation.attempts.map(({ status }) => status)).toEqual([
        "interrupted",
        "completed",
      ]);
    }
  });
});

describe("a task that ended while its batch could not be told", () => {
  test("tells it after a kill", async () => {
    const batch = fresh();
    const { binding } = silentQueue();
    await rebind(batch.object, binding);
    await batch.object.accept(batch.spec);
    const gone = { getByName: () => ({ told: () => Promise.reject(new Error("gone")) }) };
    await Promise.all(batch.spec.tasks.map(({ task_id }) => rebind(objectOf(task_id), { BATCHES: gone })));
    await Promise.all(batch.spec.tasks.map((task) => objectOf(task.task_id).start(task)));
    for (const { task_id } of batch.spec.tasks) await objectOf(task_id).read(20_000);
    expect(await batch.object.read(0)).toMatchObject({ kind: "found", batch: { counts: { pending: 3 } } });
    await abortAllDurableObjects();
    await expectAllOnce(batch);
  });
});
