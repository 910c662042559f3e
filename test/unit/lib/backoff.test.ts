import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoffMs } from "../../../src/lib/backoff.ts";

const DOUBLING = { baseMs: 1_000, capMs: 60_000 };

describe("backoffMs", () => {
  test("doubles the ceiling with every failure", () => {
    const delays = [0, 1, 2, 3].map((failures) => backoffMs(failures, { ...DOUBLING, random: 0.5 }));
    expect(delays).toEqual([500, 1_000, 2_000, 4_000]);
  });

  test("never exceeds the cap, however many failures there were", () => {
    expect(backoffMs(5, { ...DOUBLING, random: 1 })).toBe(32_000);
    expect(backoffMs(6, { ...DOUBLING, random: 1 })).toBe(60_000);
    expect(backoffMs(1e9, { ...DOUBLING, random: 1 })).toBe(60_000);
  });

  test("adds the jitter to the floor, so that nobody comes back before it", () => {
    expect(backoffMs(0, { ...DOUBLING, floorMs: 30_000, random: 0 })).toBe(30_000);
    expect(backoffMs(0, { ...DOUBLING, floorMs: 30_000, random: 0.5 })).toBe(30_500);
  });

  test("stays a whole number between floor and floor + ceiling for every input", () => {
    const inputs = fc.record({
      failures: fc.nat(200),
      floorMs: fc.option(fc.nat(3_600_000), { nil: undefined }),
      baseMs: fc.integer({ min: 1, max: 10_000 }),
      capMs: fc.integer({ min: 1, max: 3_600_000 }),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    fc.assert(
      fc.property(inputs, ({ failures, floorMs, ...options }) => {
        const delay = backoffMs(failures, { ...options, floorMs });
        expect(delay).toBeGreaterThanOrEqual(floorMs ?? 0);
        expect(delay).toBeLessThanOrEqual((floorMs ?? 0) + options.capMs);
        expect(Number.isInteger(delay)).toBe(true);
      }),
    );
  });

  test("uses the whole range: full jitter, not a fixed delay with a tail", () => {
    const delays = Array.from({ length: 1_000 }, (_, index) => backoffMs(3, { ...DOUBLING, random: index / 1_000 }));
    expect(delays[0]).toBe(0);
    expect(delays[999]).toBe(7_992);
    expect(new Set(delays).size).toBe(1_000);
  });
});
