import { describe, expect, test } from "vitest";
import { AgentCache } from "../../../src/agents/agent-cache.ts";

/** A cache of what `state.stored` holds, a clock, and the loads that went on after an answer. */
function cached() {
  const state = { stored: "first", now: 1_000, loads: 0, fails: false };
  const behind: Promise<unknown>[] = [];
  const cache = new AgentCache(
    async (workspace) => {
      state.loads += 1;
      const seen = state.stored;
      await Promise.resolve();
      if (state.fails) throw new Error("no database");
      return `${workspace}: ${seen}`;
    },
    () => state.now,
  );
  const later = (work: Promise<unknown>) => {
    behind.push(work);
  };
  return { state, cache, later, settled: () => Promise.all(behind), behind };
}

describe("AgentCache", () => {
  test("waits for what is stored the first time, of each workspace", async () => {
    const { cache, state } = cached();
    expect(await cache.get("a")).toBe("a: first");
    expect(await cache.get("b")).toBe("b: first");
    expect(await cache.get("a")).toBe("a: first");
    expect(state.loads).toBe(2);
  });

  test("serves nothing that is five seconds old", async () => {
    const { cache, state } = cached();
    await cache.get("a");
    state.stored = "second";
    state.now += 4_999;
    expect(await cache.get("a")).toBe("a: first");
    state.now += 1;
    expect(await cache.get("a")).toBe("a: second");
  });

  test("loads ahead of its end behind the answer, once, so that steady callers never wait", async () => {
    const { cache, state, later, settled, behind } = cached();
    await cache.get("a", later);
    state.stored = "second";
    state.now += 2_500;
    expect(await Promise.all([cache.get("a", later), cache.get("a", later)])).toEqual(["a: first", "a: first"]);
    await settled();
    expect(behind).toHaveLength(1);
    state.now += 2_499;
    expect(await cache.get("a", later)).toBe("a: second");
    expect(state.loads).toBe(2);
  });

  test("counts the age from before the load, so that what changed meanwhile is seen in time", async () => {
    const { cache, state } = cached();
    const first = cache.get("a");
    state.now += 3_000;
    await first;
    state.stored = "second";
    state.now += 2_000;
    expect(await cache.get("a")).toBe("a: second");
  });

  test("loads at once after a write, and keeps nothing that was loaded before it", async () => {
    const { cache, state } = cached();
    const early = cache.get("a");
    state.stored = "second";
    cache.forget("a");
    await early;
    expect(await cache.get("a")).toBe("a: second");
  });

  test("tells who waits that it failed, and not who is served", async () => {
    const { cache, state, later, settled } = cached();
    state.fails = true;
    await expect(cache.get("a")).rejects.toThrow("no database");
    state.fails = false;
    await cache.get("a");
    state.fails = true;
    state.now += 3_000;
    expect(await cache.get("a", later)).toBe("a: first");
    await expect(settled()).resolves.toHaveLength(1);
    state.now += 2_000;
    await expect(cache.get("a", later)).rejects.toThrow("no database");
  });
});
