import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cancelledState } from "../../../src/delegations/attempts/after-attempt.ts";
import { finishedState, withAttempt } from "../../../src/delegations/delegation-state.ts";
import { DelegationStore } from "../../../src/delegations/delegation-store.ts";
import { DelegationTask } from "../../../src/delegations/delegation-task.ts";
import type { EventBody } from "../../../src/delegations/events.ts";
import { Outbox } from "../../../src/outbox/outbox.ts";
import { MemoryRows } from "../../support/memory-rows.ts";
import { attemptOf, eventsOf, runningState, specOf, T0, taskOf } from "./delegating.ts";

const message = (text: string, id = "item_1_1"): EventBody => ({
  type: "item.completed",
  item: { id, type: "agent_message", text },
});
const types = (task: DelegationTask): string[] => eventsOf(task).map(({ type }) => type);

/** Lets attempt 1 complete with the given messages, each stored by itself when asked. */
function complete({ task }: ReturnType<typeof taskOf>, texts: string[], oneByOne = false): void {
  task.commit(runningState(task.spec, task.state), [], { flush: true });
  for (const [index, text] of texts.entries()) {
    task.log.append(message(text, `item_1_${index + 1}`), T0);
    if (oneByOne) task.flush();
  }
  const ended = withAttempt(task.state, attemptOf({ status: "completed", ended_at: T0, outcome: "completed" }));
  task.commit(finishedState(ended, { status: "completed", error: null, now: T0 }), [], { flush: true });
}

describe("a task on its rows", () => {
  test("is there after a kill as soon as it was accepted, with its list row owed", () => {
    const { rows, reloaded } = taskOf(specOf({ prompt: "kept" }));
    expect(reloaded().spec.input.prompt).toBe("kept");
    expect(rows.get("outbox/projection")).toBeDefined();
  });

  test("is absent where nothing was accepted, and looking leaves nothing behind", () => {
    const rows = new MemoryRows();
    const deps = { rows, now: () => T0, random: () => 0, onStuck: () => undefined };
    const done = async () => "done" as const;
    const outbox = new Outbox({ projection: done, listeners: done, audit: done }, deps);
    expect(DelegationTask.load(new DelegationStore(rows), outbox, () => T0)).toBeUndefined();
    expect(rows.writes).toBe(0);
  });

  test("says that it began even after a kill before any event was stored", () => {
    const task = taskOf().reloaded();
    task.flush();
    expect(types(task)).toEqual(["thread.started"]);
  });

  test("stores a state at once and lets events wait that nothing depends on", () => {
    const { task, reloaded } = taskOf();
    task.commit(runningState(task.spec), [message("later")], { flush: false });
    const again = reloaded();
    expect(again.state.status).toBe("in-progress");
    expect(types(again)).toEqual([]);
  });

  test("stores every event at once while somebody watches", () => {
    const { task, reloaded } = taskOf();
    task.read({ after: 0, format: "sse", follow: true });
    task.commit(runningState(task.spec), [message("live")], { flush: false });
    expect(types(reloaded())).toEqual(["thread.started", "item.completed"]);
    expect(task.watched).toBe(true);
  });

  test("stores the end with all that was said before it, thread.completed last and once", () => {
    const world = taskOf();
    complete(world, ["Hello"]);
    world.task.commit(world.task.state, [], { flush: true });
    expect(types(world.reloaded())).toEqual(["thread.started", "item.completed", "thread.completed"]);
  });
});

describe("output", () => {
  test.each([false, true])("is the text of all messages of the attempt that completed (stored one by one: %s)", (oneByOne) => {
    const world = taskOf();
    complete(world, ["Hel", "lo", "!"], oneByOne);
    expect(world.task.output()).toBe("Hello!");
    expect(world.reloaded().output()).toBe("Hello!");
  });

  test("is null before the task completed, and when it failed", () => {
    const { task } = taskOf();
    task.commit(runningState(task.spec), [message("partial")], { flush: true });
    expect(task.output()).toBeNull();
    task.commit(cancelledState(task.state, "ann", T0), [], { flush: true });
    expect(task.output()).toBeNull();
  });

  test("has nothing of an earlier attempt's text", () => {
    const { task, reloaded } = taskOf();
    task.commit(runningState(task.spec), [message("first try")], { flush: true });
    const second = runningState(task.spec, withAttempt(task.state, attemptOf({ status: "failed", ended_at: T0 })));
    task.commit(second, [message("late words of the first")], { flush: false });
    task.commit(task.state, [message("answer", "item_2_1")], { flush: true });
    const ended = withAttempt(task.state, attemptOf({ number: 2, status: "completed", ended_at: T0 }));
    task.commit(finishedState(ended, { status: "completed", error: null, now: T0 }), [], { flush: true });
    expect(reloaded().output()).toBe("answer");
  });

  test("is whole even when it is many megabytes", () => {
    const world = taskOf();
    const text = `${"😀".repeat(2_000_000)}!`;
    complete(world, [text]);
    expect(world.reloaded().output() === text).toBe(true);
  });
});

describe("untilFinal", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  test("resolves as soon as the task ends, for everybody, and leaves no timer", async () => {
    const { task } = taskOf();
    const waits = [task.untilFinal(55_000), task.untilFinal(10_000)];
    task.commit(cancelledState(task.state, "ann", T0), [], { flush: true });
    await Promise.all(waits);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("gives up after the time it was given", async () => {
    const { task } = taskOf();
    const waited = task.untilFinal(1_000);
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(waited).resolves.toBeUndefined();
    expect(task.state.status).toBe("pending");
  });

  test("waits neither for what has ended nor for no time", async () => {
    const { task } = taskOf();
    await task.untilFinal(0);
    task.commit(cancelledState(task.state, "ann", T0), [], { flush: true });
    await task.untilFinal(55_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});
