import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { booked, fullBucket, refilled, spent, untilOne } from "../../../src/rate-limits/token-bucket.ts";

describe("a token bucket", () => {
  test("holds a minute's worth, and fills steadily up to that", () => {
    const empty = spent(fullBucket(60, 0), 60, 60, 0);
    expect(empty.tokens).toBe(0);
    expect(refilled(empty, 60, 30_000).tokens).toBe(30);
    expect(refilled(empty, 60, 600_000).tokens).toBe(60);
  });

  test("a clock that goes back fills nothing and takes nothing", () => {
    expect(refilled({ tokens: 7, at: 10_000 }, 60, 0)).toEqual({ tokens: 7, at: 0 });
  });

  test("who spent more than there was waits for it, for a minute's worth at most", () => {
    expect(untilOne({ tokens: 1, at: 0 }, 60)).toBe(0);
    expect(untilOne({ tokens: 0.5, at: 0 }, 60)).toBe(500);
    expect(untilOne({ tokens: -3, at: 0 }, 60)).toBe(4_000);
    expect(spent(fullBucket(60, 0), 1_000_000, 60, 0).tokens).toBe(-60);
  });

  test("one more is granted only if it is there, and is spent then", () => {
    expect(booked({ tokens: 5, at: 0 }, 4, true, 60, 0)).toEqual({ bucket: { tokens: 0, at: 0 }, granted: true });
    expect(booked({ tokens: 5, at: 0 }, 5, true, 60, 0)).toEqual({ bucket: { tokens: 0, at: 0 }, granted: false });
    expect(booked({ tokens: 5, at: 0 }, 4, false, 60, 0)).toEqual({ bucket: { tokens: 1, at: 0 }, granted: false });
  });

  test("grants in no span of time more than a minute's worth and what flowed in meanwhile", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), gaps, (perMinute, waits) => {
        let [bucket, now, granted] = [fullBucket(perMinute, 0), 0, 0];
        for (const wait of waits) {
          now += wait;
          const asked = booked(bucket, 0, true, perMinute, now);
          bucket = asked.bucket;
          granted += Number(asked.granted);
        }
        expect(granted).toBeLessThanOrEqual(perMinute + (now * perMinute) / 60_000 + 1e-6);
      }),
    );
  });
});
