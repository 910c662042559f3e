import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { batchObjectOf, batchOf, endOf } from "../../support/batch-object.ts";
import { callsFor, finalOf, freshId, objectOf, rowOf } from "../../support/delegation-object.ts";

describe("a batch", () => {
  test("runs every task once, isolates the failures, and adds up what was spent", async () => {
    const mark = freshId("mark");
    const prompts = Array.from({ length: 60 }, (_, index) =>
      simulate(index % 20 === 7 ? { status: 400 } : { text: `answer ${index}` }, `${mark}-${index};`),
    );
    const spec = batchOf(prompts);
    const accepted = await batchObjectOf(spec.batch_id).accept(spec);
    expect(accepted).toMatchObject({ kind: "accepted", batch: { status: "in-progress", counts: { total: 60 } } });
    const done = await endOf(spec.batch_id);
    expect(done.status).toBe("completed");
    expect(done.counts).toEqual({
      total: 60,
      pending: 0,
      in_progress: 0,
      needs_approval: 0,
      completed: 57,
      failed: 3,
      cancelled: 0,
    });
    const results = spec.tasks.map(({ task_id }) => done.results[task_id]);
    expect(results[3]).toMatchObject({ status: "completed", output: "answer 3", output_truncated: false, error: null });
    expect(results[7]).toMatchObject({ status: "failed", output: null, error: { code: "provider_invalid_request" } });
    const sum = results.reduce((total, result) => total + (result?.cost_nanos ?? 0), 0);
    expect(done.cost_nanos).toBe(sum);
    expect(sum).toBeGreaterThan(0);
    expect(await callsFor(mark)).toHaveLength(60);
  });

  test("is on the list, task by task, as soon as it was accepted, and each task names it", async () => {
    const spec = batchOf([simulate({ text: "x", delay_ms: 200 }, freshId())]);
    await batchObjectOf(spec.batch_id).accept(spec);
    const taskId = `${spec.batch_id}.0`;
    expect(await rowOf(taskId)).toMatchObject({ batch_id: spec.batch_id, hash: spec.tasks[0]?.hash });
    await endOf(spec.batch_id);
    expect(await finalOf(objectOf(taskId))).toMatchObject({ batch_id: spec.batch_id, output: "x" });
  });

  test("accepted again is the same with the same hash, a conflict with another, and runs once", async () => {
    const mark = freshId("mark");
    const spec = batchOf([simulate({ text: "once" }, mark)]);
    const object = batchObjectOf(spec.batch_id);
    const kinds = await Promise.all([object.accept(spec), object.accept(spec), object.accept({ ...spec, hash: "c".repeat(64) })]);
    expect(kinds.map(({ kind }) => kind)).toEqual(["accepted", "same", "conflict"]);
    await endOf(spec.batch_id);
    expect((await object.accept(spec)).kind).toBe("same");
    expect(await callsFor(mark)).toHaveLength(1);
  });

  test("of an unknown id is unknown", async () => {
    const object = batchObjectOf(freshId());
    expect(await object.read(0)).toEqual({ kind: "unknown" });
    expect(await object.cancel("a")).toEqual({ kind: "unknown" });
    expect(await object.specsOf(["x"])).toEqual({ kind: "unknown" });
    expect(await object.waiting("x", 0)).toEqual({ kind: "unknown" });
  });
});
