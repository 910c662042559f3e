import { describe, expect, test } from "vitest";
import { followedAttempt } from "../../../src/delegations/delegation-state.ts";
import type { PollOutcome } from "../../../src/providers/provider.ts";
import type { ScriptedCall } from "../../support/scripted-polling-provider.ts";
import { T0 } from "./delegating.ts";
import { delegated, ended, failed, HOUR, lost, refusal, running, warningsOf } from "./polling.ts";

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
