import { describe, expect, test } from "vitest";
import { runningAttempt } from "../../../../src/delegations/delegation-state.ts";
import type { ScriptedCall } from "../../../support/scripted-polling-provider.ts";
import { eventsOf, T0 } from "../delegating.ts";
import { delegated, ended, failed, HOUR, lost, polls, refusal, running, warningsOf } from "../polling.ts";

describe("a polled attempt that goes well", () => {
  const script: ScriptedCall[] = [
    { call: "create", answer: "t-1" },
    { call: "poll", answer: running() },
    { call: "poll", answer: running(500) },
    { call: "poll", answer: ended() },
  ];

  test("creates the vendor's task once, asks by its handle, and ends with its output and cost", async () => {
    const world = delegated(script);
    await world.settle();
    expect(world.provider.faults).toEqual([]);
    expect(world.provider.polled).toEqual(["t-1", "t-1", "t-1"]);
    expect(world.task.state).toMatchObject({ status: "completed", outcome: "completed" });
    expect(world.last()).toMatchObject({ status: "completed", usage_final: true, cost_nanos: 9_000, cost_max_nanos: 9_000 });
    expect(world.task.output()).toBe("Opened a pull request.");
    expect(eventsOf(world.task).map(({ type }) => type)).toEqual([
      "thread.started",
      "turn.started",
      "item.started",
      "item.updated",
      "item.completed",
      "turn.completed",
      "thread.completed",
    ]);
  });

  test("shows what was billed so far while the vendor works", async () => {
    const world = delegated(script);
    await world.steps(3);
    expect(world.last()).toMatchObject({ status: "running", handle: "t-1", cost_nanos: 500, usage_final: false });
  });

  test("goes on by its handle after a kill at any point", async () => {
    const world = delegated(script);
    await world.steps(2);
    const again = world.reloaded();
    expect(runningAttempt(again.state)?.handle).toBe("t-1");
    expect(again.state.due_at).toBe(world.task.state.due_at);
  });

  test("asks after 1, 2, 4 … s and then every 30 s", async () => {
    const world = delegated([{ call: "create", answer: "t-1" }, ...polls(9, running())]);
    const asked: number[] = [];
    for (let taken = 0; taken < 10; taken += 1) {
      await world.next();
      asked.push((world.task.state.due_at ?? 0) - T0);
    }
    expect(asked.map((at) => at / 1_000)).toEqual([1, 2, 4, 8, 16, 32, 62, 92, 122, 152]);
  });

  test("an answer without its cost is complete, its cost null and not final", async () => {
    const world = delegated([
      { call: "create", answer: "t-1" },
      { call: "poll", answer: ended({ costNanos: undefined, usageFinal: false }) },
    ]);
    await world.settle();
    expect(world.last()).toMatchObject({ status: "completed", cost_nanos: null, cost_max_nanos: null, usage_final: false });
    expect(warningsOf(world)).toEqual(["unpriced"]);
  });
});

describe("a poll", () => {
  test("that fails is no failure of the attempt: the vendor's task is asked again", async () => {
    const world = delegated([
      { call: "create", answer: "t-1" },
      { call: "poll", answer: lost },
      { call: "poll", answer: refusal() },
      { call: "poll", answer: new TypeError("bug") },
      { call: "poll", answer: ended() },
    ]);
    await world.settle();
    expect(world.provider.faults).toEqual([]);
    expect(world.task.state).toMatchObject({ status: "completed", tries: 0 });
  });

  test("waits for the vendor's Retry-After, but not past the deadline", async () => {
    const world = delegated(
      [
        { call: "create", answer: "t-1" },
        { call: "poll", answer: refusal({ retryAfterMs: 40_000 }) },
        { call: "poll", answer: refusal({ retryAfterMs: HOUR }) },
      ],
      { deadline: 60 },
    );
    await world.steps(2);
    expect(world.task.state.due_at).toBe(T0 + 41_000);
    await world.next();
    expect(world.task.state.due_at).toBe(T0 + 60_000);
  });

  test("that tells of a failure ends the attempt, with what it cost, and another one may follow", async () => {
    const world = delegated([
      { call: "create", answer: "t-1" },
      { call: "poll", answer: failed("provider_upstream") },
      { call: "create", answer: "t-2" },
      { call: "poll", answer: ended() },
    ]);
    await world.steps(4);
    const [first] = world.task.state.attempts;
    expect(first).toMatchObject({ status: "failed", error: { message: "the agent gave up" }, cost_nanos: 700 });
    expect(world.task.state.status).toBe("completed");
    expect(world.provider.polled).toEqual(["t-1", "t-2"]);
  });
});

describe("a vendor's task that has not ended in time", () => {
  test.each([
    ["timeout", { timeoutMs: 10_000 }],
    ["deadline_exceeded", { deadline: 10 }],
  ] as const)("fails with %s, on time, is never begun again, and its cost is followed to its end", async (code, options) => {
    const world = delegated(
      [
        { call: "create", answer: "t-1" },
        ...polls(5, running(100)),
        { call: "poll", answer: running(300) },
        { call: "poll", answer: ended({ costNanos: 800 }) },
      ],
      options,
    );
    await world.steps(6);
    expect(world.task.state).toMatchObject({ status: "failed", completed_at: T0 + 10_000, error: { code } });
    expect(world.last()).toMatchObject({ status: "failed", cost_nanos: 100, usage_final: false });
    expect(world.task.state.due_at).not.toBeNull();
    const { version, completed_at, error } = world.task.state;
    await world.settle();
    expect(world.provider.faults).toEqual([]);
    expect(world.last()).toMatchObject({ status: "failed", cost_nanos: 800, cost_max_nanos: 800, usage_final: true });
    expect(world.task.state).toMatchObject({ status: "failed", completed_at, error });
    expect(world.task.state.version).toBeGreaterThan(version);
    expect(eventsOf(world.task).at(-1)?.type).toBe("thread.completed");
  });

  test("gives way to another candidate, and the costs of both are followed", async () => {
    const world = delegated(
      [
        { call: "create", answer: "t-1" },
        ...polls(5, running(100)),
        { call: "create", answer: "t-2" },
        { call: "poll", answer: ended({ costNanos: 50 }) },
        { call: "poll", answer: ended({ costNanos: 800 }) },
      ],
      { timeoutMs: 10_000, candidates: 2 },
    );
    await world.settle();
    expect(world.provider.faults).toEqual([]);
    expect(world.provider.polled.at(-1)).toBe("t-1");
    expect(world.task.state).toMatchObject({ status: "completed", candidate: 1 });
    expect(world.task.state.attempts.map(({ cost_nanos, usage_final }) => [cost_nanos, usage_final])).toEqual([
      [800, true],
      [50, true],
    ]);
  });

  test("ends on time even when the vendor cannot be asked", async () => {
    const world = delegated([{ call: "create", answer: "t-1" }, ...polls(5, lost)], { timeoutMs: 10_000 });
    await world.steps(6);
    expect(world.task.state).toMatchObject({ status: "failed", completed_at: T0 + 10_000, error: { code: "timeout" } });
  });
});
