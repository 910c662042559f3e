import { describe, expect, test } from "vitest";
import { cancelledState } from "../../../src/delegations/attempts/after-attempt.ts";
import type { DelegationSpec } from "../../../src/delegations/delegation-rpc.ts";
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

describe("a task answered from the cache", () => {
  const ANSWER = { task_id: "source", model: "model-1-2026", output: "Grüße 👋" };

  test("is completed at once, with the answer in its log, whether it was to wait for approval or not", () => {
    const listeners: DelegationSpec["listeners"] = [{ kind: "batch", id: "b" }];
    const { task, rows } = taskOf(specOf({ approval: "manual" }, { listeners }), { now: T0 }, ANSWER);
    expect(eventsOf(task).map(({ seq: _, at: __, task_id: ___, ...event }) => event)).toEqual([
      { type: "thread.started" },
      { type: "item.started", item: { id: "item_0_1", type: "agent_message" } },
      { type: "item.updated", item: { id: "item_0_1", type: "agent_message" }, delta: ANSWER.output },
      { type: "item.completed", item: { id: "item_0_1", type: "agent_message", text: ANSWER.output } },
      { type: "thread.completed", status: "completed", error: null },
    ]);
    expect(task.state.due_at).toBeNull();
    expect(rows.keys).toEqual(expect.arrayContaining(["outbox/projection", "outbox/listeners"]));
  });

  test("has the source's answer and model, and cost nothing, also for a new instance", () => {
    const { reloaded } = taskOf(specOf({ output_json: true }), { now: T0 }, { ...ANSWER, output: '{"a":1}' });
    expect(reloaded().view()).toMatchObject({
      status: "completed",
      outcome: "completed",
      output: '{"a":1}',
      output_data: { a: 1 },
      model: "model-1-2026",
      provider: "claude",
      cached_from: "source",
      tokens_used: 0,
      cost_nanos: 0,
      cost_max_nanos: 0,
      usage_final: true,
      attempts: [],
      started_at: null,
      completed_at: new Date(T0).toISOString(),
    });
  });

  test.each(["", "x".repeat(2_000_000)])("keeps an answer of any length", (output) => {
    const { reloaded } = taskOf(specOf(), { now: T0 }, { ...ANSWER, output });
    expect(reloaded().view().output).toBe(output);
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
