import { describe, expect, test, vi } from "vitest";
import type { RateLimitProtocol } from "../../../src/rate-limits/rate-limit-rpc.ts";
import { RateLimiter } from "../../../src/rate-limits/rate-limiter.ts";
import { booked, fullBucket, type TokenBucket } from "../../../src/rate-limits/token-bucket.ts";

/** Isolates that share the objects of the keys. `bookings` is what they were told, in order. */
function deployment(perMinute: number) {
  const time = { now: 0 };
  const buckets = new Map<string, TokenBucket>();
  const bookings: { name: string; count: number; asks: boolean }[] = [];
  const object = (name: string): RateLimitProtocol => ({
    async book(count, asks, limit) {
      bookings.push({ name, count, asks });
      const { bucket, granted } = booked(buckets.get(name) ?? fullBucket(limit, time.now), count, asks, limit, time.now);
      buckets.set(name, bucket);
      return { tokens: bucket.tokens, granted };
    },
  });
  const works: Promise<unknown>[] = [];
  const isolate = (objectOf = object) => {
    const limiter = new RateLimiter(perMinute, { objectOf, now: () => time.now });
    return (name = "w/k") => limiter.admit(name, (work) => works.push(work));
  };
  return { time, bookings, isolate, settle: () => Promise.all(works.splice(0)) };
}

/** How many of so many requests, one after the other, are let through. */
async function allowed(ask: ReturnType<ReturnType<typeof deployment>["isolate"]>, count: number, settle: () => unknown) {
  let through = 0;
  for (let index = 0; index < count; index += 1) {
    if ((await ask()).kind === "allowed") through += 1;
    await settle();
  }
  return through;
}

describe("RateLimiter", () => {
  test("a minute's worth goes through, then one whenever there is a token again", async () => {
    const { time, isolate, settle } = deployment(60);
    const ask = isolate();
    expect(await allowed(ask, 200, settle)).toBe(60);
    expect(await ask()).toEqual({
      kind: "refused",
      retryAfterSeconds: 1,
      quota: { limit: 60, remaining: 0, resetSeconds: 1 },
    });
    time.now += 1_000;
    expect(await allowed(ask, 5, settle)).toBe(1);
    time.now += 60_000;
    expect(await allowed(ask, 200, settle)).toBe(60);
  });

  test("a burst at once is let through up to the limit, and not beyond", async () => {
    const { isolate, settle } = deployment(60);
    const ask = isolate();
    const answers = await Promise.all(Array.from({ length: 300 }, () => ask()));
    await settle();
    expect(answers.filter(({ kind }) => kind === "allowed")).toHaveLength(60);
  });

  test("isolates share the limit: together they exceed it by their credit at most", async () => {
    const { isolate, settle } = deployment(600);
    const isolates = [isolate(), isolate(), isolate(), isolate()];
    let through = 0;
    for (let round = 0; round < 1_000; round += 1) {
      for (const ask of isolates) if ((await ask()).kind === "allowed") through += 1;
      await settle();
    }
    expect(through).toBeGreaterThanOrEqual(600);
    expect(through).toBeLessThanOrEqual(600 + 4 * 10);
  });

  test("nobody waits for the object in the steady state, and it is asked once for many requests", async () => {
    const { time, bookings, isolate, settle } = deployment(60_000);
    const ask = isolate();
    for (let index = 0; index < 10_000; index += 1) {
      time.now += 4;
      const answer = ask();
      expect(answer).not.toBeInstanceOf(Promise);
      await settle();
    }
    expect(bookings).toHaveLength(20);
    expect(bookings.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
  });

  test("who sends little never makes the object be asked", async () => {
    const { time, bookings, isolate, settle } = deployment(60_000);
    const ask = isolate();
    for (let index = 0; index < 5_000; index += 1) {
      time.now += 200;
      await ask();
      await settle();
    }
    expect(bookings).toEqual([]);
  });

  test("keys have limits of their own", async () => {
    const { isolate, settle } = deployment(60);
    const ask = isolate();
    await allowed(ask, 100, settle);
    expect((await ask()).kind).toBe("refused");
    expect((await ask("w/other")).kind).toBe("allowed");
    expect((await ask("w2/k")).kind).toBe("allowed");
  });

  test("tells how many are left and when all are there again", async () => {
    const { time, isolate } = deployment(600);
    const ask = isolate();
    expect(await ask()).toEqual({ kind: "allowed", quota: { limit: 600, remaining: 599, resetSeconds: 1 } });
    for (let index = 0; index < 4; index += 1) await ask();
    expect((await ask()).quota).toMatchObject({ remaining: 594, resetSeconds: 1 });
    time.now += 1_000;
    expect((await ask()).quota.remaining).toBe(599);
  });

  test("a limit is no reason to be down: without its object everybody goes on, and that is logged", async () => {
    const logged = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const { isolate, settle } = deployment(60);
    const ask = isolate(() => ({ book: () => Promise.reject(new Error("the object is away")) }));
    expect(await allowed(ask, 200, settle)).toBe(200);
    expect(logged).toHaveBeenCalled();
    logged.mockRestore();
  });
});
