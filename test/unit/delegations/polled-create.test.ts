import { describe, expect, test } from "vitest";
import { newAttempt, startedState } from "../../../src/delegations/delegation-state.ts";
import { ProviderError } from "../../../src/providers/provider.ts";
import type { ScriptedCall } from "../../support/scripted-polling-provider.ts";
import { T0 } from "./delegating.ts";
import { delegated, ended, lost, refusal } from "./polling.ts";

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
