import { describe, expect, test } from "vitest";
import { cancelledState } from "../../../src/delegations/after-attempt.ts";
import { eventsOf, runningState, specOf, T0, taskOf } from "./delegating.ts";

const typesOf = (task: Parameters<typeof eventsOf>[0]) => eventsOf(task).map((event) => event.type);

describe("a task that waits for approval", () => {
  test("keeps the request in its log when its object goes right after it was accepted", () => {
    const { reloaded } = taskOf(specOf({ approval: "manual" }));
    expect(typesOf(reloaded())).toEqual(["thread.started", "approval.requested"]);
  });

  test("without approval writes no log before something happens", () => {
    const { rows } = taskOf();
    expect(rows.keys.filter((key) => key.startsWith("log/"))).toEqual([]);
  });
});

describe("a deleted task", () => {
  test("stores nothing more, whoever still holds it", () => {
    const { task, rows, store } = taskOf();
    const running = runningState(task.spec);
    task.commit(running, [], { flush: true });
    for (const key of rows.keys) rows.delete(key);
    task.deleted();
    task.commit(
      cancelledState(running, "owner", T0),
      [{ type: "turn.warning", number: 1, warning: { code: "c", message: "m" } }],
      {
        flush: true,
      },
    );
    task.flush();
    expect(rows.keys).toEqual([]);
    expect(store.state()).toBeUndefined();
  });
});

describe("a viewer that claims to have seen what is still to come", () => {
  test("gets the next event and the end, instead of waiting for a number that never comes", async () => {
    const { task } = taskOf();
    const running = runningState(task.spec);
    task.commit(running, [], { flush: true });
    const stream = task.read({ after: 999, format: "sse", follow: true });
    if (stream === undefined) throw new Error("the task is not final");
    task.commit(cancelledState(running, "owner", T0), [], { flush: true });
    const text = await new Response(stream).text();
    expect(text).toContain("event: thread.completed");
    expect(text).not.toContain("event: thread.started");
  });

  test("has nothing to wait for once the task is final", () => {
    const { task } = taskOf();
    task.commit(cancelledState(task.state, "owner", T0), [], { flush: true });
    expect(task.read({ after: 999, format: "sse", follow: true })).toBeUndefined();
  });
});
