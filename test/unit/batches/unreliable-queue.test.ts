import fc from "fast-check";
import { expect, test } from "vitest";
import type { RunningBatch } from "../../../src/batches/running-batch.ts";
import { batchSpec, eventsOf, report, running } from "./running.ts";

const TASKS = 5;

type Step = { kind: "deliver" | "lose" | "kill" } | { kind: "end"; index: number; status: "completed" | "failed" };

/** A batch whose queue loses, doubles and delays, and whose object is killed. What was started stays started. */
class Unreliable {
  readonly #most: number;
  readonly #made: ReturnType<typeof running>;
  readonly #started = new Set<number>();
  batch: RunningBatch;

  constructor(most: number) {
    this.#most = most;
    this.#made = running(batchSpec(TASKS, { max_concurrency: most }));
    this.batch = this.#made.batch;
  }

  take(step: Step): void {
    if (step.kind === "deliver") this.#deliver();
    if (step.kind === "lose") this.batch.sent(this.batch.toSend());
    if (step.kind === "kill") this.batch = this.#made.reloaded();
    if (step.kind === "end" && this.#started.has(step.index)) this.batch.apply([report(step.index, step.status)]);
  }

  /** Nothing is lost any more, and time goes on. */
  finish(): void {
    const { clock } = this.#made;
    for (let round = 0; round < 20 && !this.batch.isOver; round += 1) {
      clock.now = Math.max(clock.now, this.batch.resendAt ?? 0);
      this.batch.resendIfDue();
      this.#deliver();
      for (const index of this.#started) this.batch.apply([report(index, "completed")]);
    }
  }

  #deliver(): void {
    const sent = this.batch.toSend();
    expect(sent.length + this.batch.view().counts.in_progress).toBeLessThanOrEqual(this.#most);
    this.batch.sent(sent);
    const indexes = this.batch.specsOf([...sent, ...sent]).map(({ task_id }) => Number(task_id.slice(1)));
    for (const index of indexes) this.#started.add(index);
    for (const index of [...indexes, ...indexes]) this.batch.apply([report(index, "pending")]);
  }
}

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constantFrom("deliver" as const, "lose" as const, "kill" as const) }),
    fc.record({
      kind: fc.constant("end" as const),
      index: fc.nat(TASKS - 1),
      status: fc.constantFrom("completed" as const, "failed" as const),
    }),
  ),
  { maxLength: 40 },
);

test("a batch whose messages come lost, doubled and late ends each task once, holds its limit, and forgets nothing in a kill", async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: TASKS }), async (taken, most) => {
      const world = new Unreliable(most);
      for (const step of taken) world.take(step);
      world.finish();
      expect(world.batch.isOver).toBe(true);
      const events = await eventsOf(world.batch);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      for (let index = 0; index < TASKS; index += 1) {
        const own = events.filter(({ task_id }) => task_id === `t${index}`).map(({ type }) => type);
        expect(own).toEqual(["task.started", "task.completed"]);
      }
      expect(events.at(-1)?.type).toBe("batch.completed");
    }),
    { numRuns: 200 },
  );
});
