import { describe, expect, test } from "vitest";
import type { JournalEntry } from "../../../simulator/scenario.ts";
import { simulate } from "../../../simulator/simulate.ts";
import { batchObjectOf, batchOf, endOf } from "../../support/batch-object.ts";
import { callsFor, freshId, objectOf } from "../../support/delegation-object.ts";

/** How many of the calls were at the vendor at once, at most. */
const atOnce = (calls: readonly JournalEntry[]): number =>
  Math.max(
    ...calls.map(
      ({ arrived_at: at }) => calls.filter(({ arrived_at, ended_at }) => arrived_at <= at && (ended_at ?? at) > at).length,
    ),
  );

describe("max_concurrency", () => {
  test("holds tasks back, so that no more than so many are at the vendor, and all of them run", async () => {
    const mark = freshId("mark");
    const prompts = Array.from({ length: 12 }, (_, index) =>
      simulate(index === 4 ? { status: 400 } : { text: "x", first_ms: 1_000 }, `${mark}-${index};`),
    );
    const spec = batchOf(prompts, { max_concurrency: 3 });
    await batchObjectOf(spec.batch_id).accept(spec);
    expect((await endOf(spec.batch_id)).counts).toMatchObject({ total: 12, completed: 11, failed: 1 });
    const calls = await callsFor(mark);
    expect(calls).toHaveLength(12);
    expect(atOnce(calls)).toBeLessThanOrEqual(3);
    expect(atOnce(calls)).toBeGreaterThan(1);
  });

  test("does not count what waits for approval", async () => {
    const mark = freshId("mark");
    const spec = batchOf(
      ["a", "b", "c"].map((name) => simulate({ text: name }, `${mark}-${name};`)),
      { max_concurrency: 1 },
    );
    const tasks = spec.tasks.map((task, index) =>
      index < 2 ? { ...task, input: { ...task.input, approval: "manual" as const } } : task,
    );
    await batchObjectOf(spec.batch_id).accept({ ...spec, tasks });
    const counts = async () => {
      const outcome = await batchObjectOf(spec.batch_id).read(0);
      return outcome.kind === "found" && outcome.batch.counts;
    };
    await expect.poll(counts).toMatchObject({ needs_approval: 2, completed: 1 });
    await objectOf(`${spec.batch_id}.0`).decide("approve", "alice");
    await objectOf(`${spec.batch_id}.1`).decide("reject", "alice");
    const done = await endOf(spec.batch_id);
    expect(done).toMatchObject({ status: "completed", counts: { completed: 2, cancelled: 1 } });
    expect(done.results[`${spec.batch_id}.1`]?.error?.code).toBe("rejected");
  });
});
