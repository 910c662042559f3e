import { abortAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { batchObjectOf, batchOf, endOf, rebind, silentQueue } from "../../support/batch-object.ts";
import { callsFor, finalOf, freshId, objectOf, runToEnd, specOf } from "../../support/delegation-object.ts";

describe("refuse", () => {
  test("puts a task that was never started on record as cancelled, for every later start and after a kill", async () => {
    const id = freshId();
    const spec = specOf(id, simulate({ text: "never" }, id));
    expect(await objectOf(id).refuse(spec, "alice")).toMatchObject({
      kind: "cancelled",
      delegation: { status: "cancelled", cost_nanos: 0 },
    });
    await abortAllDurableObjects();
    expect(await objectOf(id).refuse(spec, "bob")).toMatchObject({ kind: "cancelled" });
    expect(await objectOf(id).start(spec)).toMatchObject({ kind: "same", delegation: { status: "cancelled" } });
    expect((await finalOf(objectOf(id))).error?.message).toContain("alice");
    expect(await callsFor(id)).toHaveLength(0);
  });

  test("cancels one that runs, and leaves one that has ended", async () => {
    const [runs, ended] = [freshId(), freshId()];
    const spec = specOf(runs, simulate({ text: "slow", first_ms: 60_000 }, runs));
    await objectOf(runs).start(spec);
    await expect.poll(async () => (await callsFor(runs)).length).toBe(1);
    expect(await objectOf(runs).refuse(spec, "a")).toMatchObject({ kind: "cancelled" });
    const done = specOf(ended, simulate({ text: "x" }, ended));
    await runToEnd(done);
    expect(await objectOf(ended).refuse(done, "a")).toMatchObject({ kind: "final", delegation: { status: "completed" } });
  });

  test("does not touch another delegation of the same id, or a deleted one", async () => {
    const id = freshId();
    await runToEnd(specOf(id, simulate({ text: "x" }, id)));
    expect(await objectOf(id).refuse(specOf(id, "other", { hash: "f".repeat(64) }), "a")).toEqual({ kind: "conflict" });
    await objectOf(id).erase("a");
    expect(await objectOf(id).refuse(specOf(id, "x"), "a")).toEqual({ kind: "gone" });
  });
});

describe("listeners", () => {
  test("of a second batch with the same task are told as well", async () => {
    const mark = freshId("mark");
    const own = batchOf([simulate({ text: "shared", first_ms: 200 }, mark)]);
    await batchObjectOf(own.batch_id).accept(own);
    await expect.poll(async () => (await callsFor(mark)).length).toBe(1);
    const batch_id = freshId("batch");
    const tasks = own.tasks.map((task) => ({ ...task, batch_id, listeners: [{ kind: "batch" as const, id: batch_id }] }));
    await batchObjectOf(batch_id).accept({ ...own, batch_id, tasks });
    const [first, second] = await Promise.all([endOf(own.batch_id), endOf(batch_id)]);
    expect(second.results).toEqual(first.results);
    expect(await callsFor(mark)).toHaveLength(1);
  });

  test("cost a task without a batch no row", async () => {
    const id = freshId();
    await runToEnd(specOf(id, simulate({ text: "x" }, id)));
    const keys = await runInDurableObject(objectOf(id), (_object, { storage }) => [...storage.kv.list()].map(([key]) => key));
    expect(keys.filter((key) => key.includes("listener"))).toEqual([]);
  });

  test("are told of a deletion though the end could not be told before it", async () => {
    const spec = batchOf([simulate({ text: "SECRET" }, freshId())]);
    const [task] = spec.tasks;
    if (task === undefined) throw new Error("no task");
    await rebind(batchObjectOf(spec.batch_id), silentQueue().binding);
    await batchObjectOf(spec.batch_id).accept(spec);
    const object = objectOf(task.task_id);
    await rebind(object, { BATCHES: { getByName: () => ({ told: () => Promise.reject(new Error("gone")) }) } });
    await object.start(task);
    await finalOf(object);
    await object.erase("a");
    await abortAllDurableObjects();
    expect((await endOf(spec.batch_id)).results[task.task_id]).toMatchObject({ status: "completed", output: null });
  });
});
