import { describe, expect, test } from "vitest";
import type { BatchProgress } from "../../../src/batches/batch-store.ts";
import { T0 } from "../delegations/delegating.ts";
import { batchSpec, report, running } from "./running.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;

describe("the row of a batch on the list", () => {
  test("has its counts, tokens and costs, and a version that grows with every change", () => {
    const { batch } = running();
    const first = batch.row(DAY);
    expect(first).toMatchObject({ workspace: "default", batch_id: "b", status: "in-progress", counts: { pending: 3 } });
    batch.sent(["t0", "t1", "t2"]);
    batch.apply([report(0, "completed"), report(1, "failed"), report(2, "pending")]);
    const second = batch.row(DAY);
    expect(second).toMatchObject({ counts: { completed: 1, failed: 1, in_progress: 1 }, tokens_used: 20, cost_nanos: 200 });
    expect(second.version).toBeGreaterThan(first.version);
    batch.apply([report(0, "completed", { cost_nanos: null })]);
    const third = batch.row(DAY);
    expect(third).toMatchObject({ tokens_used: 20, cost_nanos: null });
    expect(third.version).toBeGreaterThan(second.version);
    batch.apply([report(0, "completed", { cost_nanos: 5, tokens_used: 11 })]);
    expect(batch.row(DAY)).toMatchObject({ tokens_used: 21, cost_nanos: 105 });
  });

  test("says by when it should have moved: at once, at the next sending, within the hour, at the end of its retention", () => {
    const { batch, clock } = running();
    const movesBy = () => batch.row(90 * DAY).moves_by;
    expect(movesBy()).toBe(clock.now);
    batch.sent(["t0", "t1", "t2"]);
    expect(movesBy()).toBe(batch.resendAt);
    batch.apply([0, 1, 2].map((index) => report(index, "pending")));
    expect(movesBy()).toBe(clock.now + HOUR);
    clock.now += 5_000;
    batch.cancel("alice");
    expect(movesBy()).toBe(clock.now);
    batch.apply([0, 1, 2].map((index) => report(index, "cancelled")));
    expect(movesBy()).toBe(clock.now + 90 * DAY);
    expect(batch.row(DAY)).toMatchObject({ status: "cancelled", completed_at: T0 + 5_000 });
  });
});

describe("the list is told of a batch", () => {
  test("ten seconds after its counts changed, once for all that changes until then, after a kill too", () => {
    const { batch, clock, owes, reloaded } = running();
    expect([batch.listAt, owes("row")]).toEqual([null, false]);
    batch.sent(["t0", "t1", "t2"]);
    expect(batch.listAt).toBeNull();
    batch.apply([report(0, "pending")]);
    clock.now += 4_000;
    batch.apply([report(1, "completed")]);
    expect(reloaded().listAt).toBe(T0 + 10_000);
    clock.now = T0 + 9_999;
    batch.listIfDue();
    expect(owes("row")).toBe(false);
    clock.now = T0 + 10_000;
    batch.listIfDue();
    expect([batch.listAt, owes("row")]).toEqual([null, true]);
  });

  test("at once when it ends", () => {
    const { batch, owes } = running(batchSpec(2));
    batch.apply([report(0, "completed")]);
    expect(owes("row")).toBe(false);
    batch.apply([report(1, "completed")]);
    expect([batch.listAt, owes("row")]).toEqual([null, true]);
  });

  test("when a task's cost changes after its end, not when only its texts do", () => {
    const { batch, rows, store, outbox } = running(batchSpec(1));
    batch.apply([report(0, "completed")]);
    rows.delete("outbox/row");
    batch.apply([report(0, "completed", { output: null })]);
    expect(batch.listAt).toBeNull();
    batch.apply([report(0, "completed", { cost_nanos: 9 })]);
    expect(batch.listAt).toBe(T0 + 10_000);
    expect([store.progress()?.spent.cost_nanos, outbox.nextDue()]).toEqual([9, T0]);
  });
});

describe("a batch that is woken", () => {
  test("owes what it has to do, whatever its outbox says", () => {
    const { batch, rows, owes } = running();
    const forget = () => {
      for (const key of rows.keys.filter((name) => name.startsWith("outbox/"))) rows.delete(key);
    };
    forget();
    batch.wake();
    expect([owes("row"), owes("sends"), owes("cancels")]).toEqual([true, true, false]);
    batch.cancel("alice");
    forget();
    batch.wake();
    expect([owes("row"), owes("sends"), owes("cancels")]).toEqual([true, false, true]);
    batch.apply([0, 1, 2].map((index) => report(index, "cancelled")));
    forget();
    batch.wake();
    expect([owes("row"), owes("sends"), owes("cancels")]).toEqual([true, false, false]);
  });
});

describe("a batch stored by an older version", () => {
  test("adds up what its ended tasks have used", () => {
    const { batch, rows, reloaded } = running();
    batch.apply([report(0, "completed"), report(1, "completed", { cost_nanos: null })]);
    const { version: _, list_at: __, spent: ___, ...old } = rows.get<BatchProgress>("progress") ?? ({} as BatchProgress);
    rows.put("progress", old);
    expect(reloaded().view()).toMatchObject({ tokens_used: 20, cost_nanos: null });
    expect(reloaded().row(DAY).version).toBe(0);
  });
});

describe("the approval of a task", () => {
  test("is kept through a kill: the task counts as one that runs", () => {
    const { batch, reloaded } = running(batchSpec(3, { max_concurrency: 1 }));
    batch.apply([report(0, "needs-approval")]);
    expect(reloaded().toSend()).toEqual(["t1"]);
    batch.apply([report(0, "pending")]);
    expect(reloaded().toSend()).toEqual([]);
    expect(reloaded().view().counts).toMatchObject({ in_progress: 1, needs_approval: 0 });
  });
});

describe("an erased batch", () => {
  test("leaves one row, with no text in it", () => {
    const { batch, rows, store } = running(batchSpec(2, {}, "a secret prompt"));
    batch.apply([report(0, "completed"), report(1, "completed")]);
    store.erase(batch.header);
    expect(rows.keys).toEqual(["erased"]);
    expect(store.erased()).toEqual({ workspace: "default", batch_id: "b" });
    expect(store.progress()).toBeUndefined();
  });
});
