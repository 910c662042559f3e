import { describe, expect, test } from "vitest";
import { cancelTask } from "../../../src/delegations/cancel-task.ts";
import { followedAttempt, isFinal, newAttempt, runningAttempt, startedState } from "../../../src/delegations/delegation-state.ts";
import { stepPolledAttempt } from "../../../src/delegations/polled-attempt.ts";
import { turnStarted } from "../../../src/delegations/turn-events.ts";
import { type Completion, type PollOutcome, ProviderError } from "../../../src/providers/provider.ts";
import { providerRequest } from "../../support/provider-request.ts";
import { type ScriptedCall, ScriptedPollingProvider } from "../../support/scripted-polling-provider.ts";
import { candidate, completion, eventsOf, specOf, T0, taskOf, usage } from "./delegating.ts";

const HOUR = 3_600_000;
const copilot = (model = "") => candidate({ provider: "copilot", model });
const running = (costNanos: number | null = null): PollOutcome => ({
  state: "running",
  usage: usage(0, 0),
  costNanos,
  model: undefined,
});
const ended = (different: Partial<Completion> = {}): PollOutcome => ({
  state: "ended",
  output: "Opened a pull request.",
  completion: completion({ usage: usage(0, 0), costNanos: 9_000, ...different }),
});
const failed = (code: "provider_upstream" | "provider_invalid_request", costNanos: number | null = 700): PollOutcome => ({
  state: "failed",
  error: new ProviderError(code, "the agent gave up"),
  usage: usage(0, 0),
  costNanos,
  model: undefined,
});
const refusal = (different: ConstructorParameters<typeof ProviderError>[2] = {}) =>
  new ProviderError("provider_rate_limited", "slow down", { free: true, ...different });
const lost = new ProviderError("provider_upstream", "connection reset");

type Options = { timeoutMs?: number; deadline?: number; candidates?: number; maxAttempts?: number };

/** A copilot task at a scripted vendor, and a clock that moves when the task says that something is due. */
function delegated(script: ScriptedCall[], options: Options = {}) {
  const provider = new ScriptedPollingProvider(script);
  const candidates = Array.from({ length: options.candidates ?? 1 }, (_, index) => copilot(`m${index + 1}`));
  const world = taskOf(specOf({ deadline: options.deadline, max_attempts: options.maxAttempts }, { candidates }));
  const { task, clock } = world;
  const deps = {
    provider,
    request: providerRequest(),
    timeoutMs: options.timeoutMs,
    now: () => clock.now,
    random: () => 0.5,
  };
  /** What the task's turn does: steps the attempt at hand, or begins the next one. */
  const step = async () => {
    const known = isFinal(task.state) ? followedAttempt(task.state) : runningAttempt(task.state);
    if (known !== undefined) return stepPolledAttempt(task, known, false, deps);
    const begun = newAttempt(task.state, task.spec, null, clock.now);
    task.commit(startedState(task.state, begun, [], clock.now), turnStarted(begun, []), { flush: false });
    return stepPolledAttempt(task, begun, true, deps);
  };
  /** Lets the time pass until the next step is due, and takes it. */
  const next = async () => {
    clock.now = Math.max(clock.now, task.state.due_at ?? clock.now);
    await step();
  };
  /** Takes `count` steps, each when it is due. */
  const steps = async (count: number) => {
    for (let taken = 0; taken < count; taken += 1) await next();
  };
  /** Takes every step until none is due. */
  const settle = async () => {
    for (let taken = 0; task.state.due_at !== null; taken += 1) {
      if (taken > 10_000) throw new Error("it never settles");
      await next();
    }
  };
  const cancel = () =>
    cancelTask(task, "ann", undefined, { now: () => clock.now, settle: () => Promise.reject(new Error("no turn is due")) });
  return { ...world, provider, deps, step, next, steps, settle, cancel, last: () => task.state.attempts.at(-1) };
}

const polls = (count: number, answer: PollOutcome | Error): ScriptedCall[] =>
  Array.from({ length: count }, () => ({ call: "poll", answer }));
const warningsOf = ({ task }: Pick<ReturnType<typeof delegated>, "task">) => task.state.warnings.map(({ code }) => code);

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

describe("a create", () => {
  test("that was interrupted is looked for, and never made a second time when it is found", async () => {
    const world = delegated([
      { call: "find", answer: "t-1" },
      { call: "poll", answer: ended() },
    ]);
    const begun = newAttempt(world.task.state, world.task.spec, null, T0);
    world.task.commit(startedState(world.task.state, begun, [], T0), [], { flush: true });
    await world.settle();
    expect(world.provider.faults).toEqual([]);
    expect(world.task.state.status).toBe("completed");
  });

  test("whose answer was lost is looked for before another one is made", async () => {
    const world = delegated([
      { call: "create", answer: lost },
      { call: "find", answer: lost },
      { call: "find", answer: undefined },
      { call: "create", answer: "t-2" },
      { call: "poll", answer: ended() },
    ]);
    await world.settle();
    expect(world.provider.faults).toEqual([]);
    expect(world.task.state.attempts).toHaveLength(1);
    expect(world.provider.polled).toEqual(["t-2"]);
  });

  test("that is refused free is retried by the one retry policy, and costs nothing", async () => {
    const world = delegated([
      { call: "create", answer: refusal({ retryAfterMs: 20_000 }) },
      { call: "create", answer: "t-1" },
      { call: "poll", answer: ended() },
    ]);
    await world.next();
    expect(world.last()).toMatchObject({ status: "failed", cost_nanos: 0, cost_max_nanos: 0, usage_final: true });
    expect(world.task.state).toMatchObject({ tries: 0, refusals: 1, due_at: T0 + 20_500 });
    await world.settle();
    expect(world.provider.faults).toEqual([]);
    expect(world.task.state.attempts.map(({ status }) => status)).toEqual(["failed", "completed"]);
  });

  test("that is refused for good ends the candidate's turn", async () => {
    const invalid = new ProviderError("provider_invalid_request", "no such repository", { free: true });
    const world = delegated(
      [
        { call: "create", answer: invalid },
        { call: "create", answer: "t-2" },
        { call: "poll", answer: ended() },
      ],
      { candidates: 2 },
    );
    await world.settle();
    expect(world.provider.faults).toEqual([]);
    expect(world.task.state).toMatchObject({ status: "completed", candidate: 1 });
  });

  test("that is never answered fails the attempt in the end", async () => {
    const script: ScriptedCall[] = [{ call: "create", answer: lost }];
    for (let found = 0; found < 9; found += 1) script.push({ call: "find", answer: lost });
    const world = delegated(script, { maxAttempts: 1 });
    await world.settle();
    expect(world.provider.faults).toEqual([]);
    expect(world.task.state).toMatchObject({ status: "failed", error: { code: "provider_upstream" } });
  });

  test("that fails in an unknown way fails like one whose answer was lost", async () => {
    const world = delegated([
      { call: "create", answer: new TypeError("bug") },
      { call: "find", answer: "t-1" },
      { call: "poll", answer: ended() },
    ]);
    await world.settle();
    expect(world.provider.faults).toEqual([]);
    expect(world.task.state.status).toBe("completed");
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

describe("a cancelled task at a vendor that cannot be stopped", () => {
  const cancelledAfterCreate = async (...polls: (PollOutcome | Error)[]) => {
    const world = delegated([
      { call: "create", answer: "t-1" },
      ...polls.map((answer): ScriptedCall => ({ call: "poll", answer: answer })),
    ]);
    await world.next();
    await world.cancel();
    return world;
  };

  test("is cancelled at once, with a warning that the vendor goes on", async () => {
    const world = await cancelledAfterCreate();
    expect(world.task.state).toMatchObject({ status: "cancelled", completed_at: world.clock.now });
    expect(world.last()).toMatchObject({ status: "cancelled", usage_final: false });
    expect(warningsOf(world)).toEqual(["vendor_continues"]);
  });

  test("stays cancelled whatever the vendor makes of it, and its books are closed", async () => {
    for (const end of [ended({ costNanos: 800 }), failed("provider_upstream", 800)]) {
      const world = await cancelledAfterCreate(running(300), lost, end);
      await world.settle();
      expect(world.provider.faults).toEqual([]);
      expect(world.task.state).toMatchObject({ status: "cancelled", due_at: null });
      expect(world.last()).toMatchObject({ status: "cancelled", cost_nanos: 800, cost_max_nanos: 800, usage_final: true });
      expect(world.task.output()).toBeNull();
    }
  });

  test("whose vendor never says what it cost is let go", async () => {
    const world = await cancelledAfterCreate(ended({ costNanos: undefined }));
    await world.settle();
    expect(world.last()).toMatchObject({ cost_nanos: null, usage_final: false });
    expect(followedAttempt(world.task.state)).toBeUndefined();
  });

  test("is asked about for a day at most", async () => {
    const world = await cancelledAfterCreate(...Array.from({ length: 4_000 }, () => running(300)));
    await world.settle();
    expect(world.clock.now - T0).toBeGreaterThanOrEqual(24 * HOUR);
    expect(world.clock.now - T0).toBeLessThan(24 * HOUR + 60_000);
    expect(world.last()).toMatchObject({ cost_nanos: 300, usage_final: false });
    expect(followedAttempt(world.task.state)).toBeUndefined();
  });

  test("is let go after a day even when the vendor cannot be asked", async () => {
    const world = await cancelledAfterCreate(...Array.from({ length: 4_000 }, () => lost));
    await world.settle();
    expect(world.clock.now - T0).toBeLessThan(24 * HOUR + 60_000);
    expect(followedAttempt(world.task.state)).toBeUndefined();
  });

  test("while a poll is on its way keeps its end; the answer only moves the books", async () => {
    const answer = Promise.withResolvers<PollOutcome>();
    const world = delegated([
      { call: "create", answer: "t-1" },
      { call: "poll", answer: answer.promise },
    ]);
    await world.next();
    const polling = world.next();
    await world.cancel();
    answer.resolve(ended({ costNanos: 800 }));
    await polling;
    expect(world.task.state.status).toBe("cancelled");
    expect(world.last()).toMatchObject({ status: "cancelled", cost_nanos: 800, usage_final: true });
  });

  test("while its create is on its way is followed as soon as it has a handle", async () => {
    const handle = Promise.withResolvers<string>();
    const world = delegated([
      { call: "create", answer: handle.promise },
      { call: "poll", answer: ended({ costNanos: 800 }) },
    ]);
    const creating = world.next();
    await world.cancel();
    handle.resolve("t-1");
    await creating;
    await world.settle();
    expect(world.provider.faults).toEqual([]);
    expect(world.task.state.status).toBe("cancelled");
    expect(world.last()).toMatchObject({ cost_nanos: 800, usage_final: true });
  });

  test("while its create is refused has nothing left to do", async () => {
    const handle = Promise.withResolvers<string>();
    const world = delegated([{ call: "create", answer: handle.promise }]);
    const creating = world.next();
    await world.cancel();
    handle.reject(refusal());
    await creating;
    expect(world.task.state).toMatchObject({ status: "cancelled", due_at: null });
  });
});
