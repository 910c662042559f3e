import { describe, expect, test } from "vitest";
import { T0 } from "../delegations/delegating.ts";
import { batchSpec, eventsOf, report, running } from "./running.ts";

const ids = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `t${index + from}`);

describe("acceptance", () => {
  test("is there after a kill, with the list and the queue owed", () => {
    const { reloaded, owes } = running();
    expect(reloaded().view()).toMatchObject({ batch_id: "b", status: "in-progress", counts: { total: 3, pending: 3 } });
    expect(reloaded().toSend()).toEqual(ids(3));
    expect([owes("rows"), owes("sends"), owes("cancels")]).toEqual([true, true, false]);
  });

  test("keeps every spec as it came", () => {
    const spec = batchSpec(3);
    expect(running(spec).reloaded().allSpecs()).toEqual(spec.tasks);
  });
});

describe("what is sent", () => {
  test("is not sent again before it is due, then as long as no start is reported, ever more rarely", () => {
    const { batch, clock, reloaded } = running();
    batch.sent(ids(3));
    const gaps: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      expect(reloaded().toSend()).toEqual([]);
      const due = batch.resendAt ?? 0;
      gaps.push(due - clock.now);
      clock.now = due - 1;
      batch.resendIfDue();
      expect(batch.toSend()).toEqual([]);
      clock.now = due;
      batch.resendIfDue();
      expect(batch.toSend()).toEqual(ids(3));
      batch.sent(ids(3));
    }
    expect(gaps).toEqual([15_000, 20_000, 30_000, 50_000]);
  });

  test("is sent again without what was started in the meantime, and soon again after a start", () => {
    const { batch, clock } = running();
    batch.sent(ids(3));
    batch.apply([report(0, "pending")]);
    clock.now = batch.resendAt ?? 0;
    batch.resendIfDue();
    expect(batch.toSend()).toEqual(["t1", "t2"]);
    batch.sent(["t1", "t2"]);
    batch.apply([report(1, "pending")]);
    batch.apply([report(2, "pending")]);
    expect(batch.resendAt).toBeNull();
  });

  test("is never more than may run at once, counting what was sent, and not what waits for approval", () => {
    const { batch } = running(batchSpec(6, { max_concurrency: 2 }));
    expect(batch.toSend()).toEqual(["t0", "t1"]);
    batch.sent(["t0", "t1"]);
    expect(batch.toSend()).toEqual([]);
    batch.apply([report(0, "needs-approval"), report(1, "pending")]);
    expect(batch.toSend()).toEqual(["t2"]);
    batch.sent(["t2"]);
    batch.apply([report(0, "pending")]);
    batch.apply([report(1, "failed")]);
    expect(batch.toSend()).toEqual([]);
    batch.apply([report(2, "completed")]);
    expect(batch.toSend()).toEqual(["t3"]);
  });

  test("is nothing once the batch was cancelled, after a kill too", () => {
    const { batch, reloaded, owes } = running();
    batch.cancel("alice");
    batch.cancel("bob");
    for (const each of [batch, reloaded()]) {
      expect(each.toSend()).toEqual([]);
      expect(each.specsOf(ids(3))).toEqual([]);
      expect(each.cancelledBy).toBe("alice");
    }
    expect(owes("cancels")).toBe(true);
  });
});

describe("the specs of a batch", () => {
  test("are given for what is still to be started, whatever is asked for", () => {
    const { batch } = running();
    batch.apply([report(1, "pending")]);
    const given = batch.specsOf(["t2", "t1", "t0", "t0", "stranger"]);
    expect(new Set(given.map(({ task_id }) => task_id))).toEqual(new Set(["t0", "t2"]));
  });

  test("are gone from its rows once everything was started", () => {
    const { batch, rows } = running(batchSpec(2, {}, "a secret prompt"));
    const holds = () => rows.keys.some((key) => JSON.stringify(rows.get(key)).includes("a secret prompt"));
    batch.apply([report(0, "completed")]);
    expect(holds()).toBe(true);
    batch.apply([report(1, "pending")]);
    expect(holds()).toBe(false);
    expect(batch.open()).toEqual([{ task_id: "t1", spec: undefined }]);
  });
});

describe("the results", () => {
  test("add up, and the batch is completed though some failed", () => {
    const { batch, clock } = running();
    batch.apply([report(0, "completed"), report(1, "failed", { error: { code: "timeout", message: "late" } })]);
    expect(batch.view()).toMatchObject({ status: "in-progress", completed_at: null, tokens_used: 20, cost_nanos: 200 });
    clock.now = T0 + 5_000;
    batch.apply([report(2, "completed", { cost_nanos: null })]);
    const done = batch.view();
    expect(done).toMatchObject({
      status: "completed",
      completed_at: "2026-11-22T10:00:05.000Z",
      tokens_used: 30,
      cost_nanos: null,
      cost: null,
    });
    expect(done.results.t1).toMatchObject({
      status: "failed",
      error: { code: "timeout" },
      output: null,
      url: "/v1/delegations/t1",
    });
  });

  test("take in the costs that a cancelled task's vendor reports later, and texts that were deleted", async () => {
    const { batch, reloaded } = running(batchSpec(1));
    batch.apply([report(0, "completed", { cost_nanos: 1 })]);
    batch.apply([report(0, "completed", { cost_nanos: 7, output: null })]);
    expect(reloaded().view()).toMatchObject({ cost_nanos: 7, results: { t0: { output: null } } });
    expect(await eventsOf(batch)).toHaveLength(3);
  });

  test("of an id that belongs to another delegation are a failure of that task, not overwritten by the other's end", () => {
    const { batch } = running(batchSpec(2));
    batch.apply([{ task_id: "t0", refused: "conflict" }, report(1, "completed")]);
    batch.apply([report(0, "completed")]);
    expect(batch.view()).toMatchObject({
      status: "completed",
      results: { t0: { status: "failed", error: { code: "conflict" } } },
    });
  });

  test("of tasks that are not its own change nothing", () => {
    const { batch, rows } = running();
    const before = rows.writes;
    batch.apply([{ ...report(0, "completed"), task_id: "stranger" }]);
    expect(rows.writes).toBe(before);
  });
});

describe("the log", () => {
  test("says of each task that it started, then that it ended, whatever comes first", async () => {
    const { batch, reloaded } = running(batchSpec(2));
    batch.apply([report(1, "completed")]);
    batch.apply([report(0, "pending"), report(1, "pending")]);
    batch.apply([report(0, "failed")]);
    const events = await eventsOf(reloaded());
    expect(events.map(({ seq, type, task_id }) => [seq, type, task_id])).toEqual([
      [1, "task.started", "t1"],
      [2, "task.completed", "t1"],
      [3, "task.started", "t0"],
      [4, "task.completed", "t0"],
      [5, "batch.completed", undefined],
    ]);
  });

  test("can be read on from every number, gapless", async () => {
    const { batch } = running(batchSpec(4));
    batch.apply([report(0, "pending"), report(1, "pending"), report(2, "completed"), report(3, "pending")]);
    const all = await eventsOf(batch);
    for (const after of [0, 1, 2, 3, 4]) {
      const text = await new Response(batch.read(after, "ndjson")).text();
      expect(text).toBe(
        all
          .slice(after)
          .map((event) => `${JSON.stringify(event)}\n`)
          .join(""),
      );
    }
  });

  test("has nothing more to tell a live reader that has seen the end", () => {
    const { batch } = running(batchSpec(1));
    batch.apply([report(0, "completed")]);
    expect(batch.read(3, "sse")).toBeUndefined();
    expect(batch.read(99, "sse")).toBeUndefined();
  });
});
