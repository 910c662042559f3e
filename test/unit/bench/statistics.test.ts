import fc from "fast-check";
import { expect, test } from "vitest";
import { median, percentile, ratioOf, rounded, summarise } from "../../bench/statistics.ts";

const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 200 });

test("percentile takes the nearest rank", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([0, 0.01, 0.5, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([1, 1, 50, 99, 100]);
  expect(percentile([7], 0.99)).toBe(7);
  expect(percentile([1, 2, 3, 4], 0.99)).toBe(4);
});

test("percentile leaves its values in their order", () => {
  const given = [3, 1, 2];
  percentile(given, 0.5);
  expect(given).toEqual([3, 1, 2]);
});

test("percentile is one of the values, and so many of them are no larger", () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (given, share) => {
      const value = percentile(given, share);
      expect(given).toContain(value);
      expect(given.filter((other) => other <= value).length).toBeGreaterThanOrEqual(Math.floor(share * given.length));
    }),
  );
});

test.each([
  [[], 0.5],
  [[1], -0.1],
  [[1], 1.1],
  [[1], Number.NaN],
] as [number[], number][])("percentile refuses %j at %d", (given, share) => {
  expect(() => percentile(given, share)).toThrow(RangeError);
});

test("median of an even number is the lower of the two in the middle", () => {
  expect(median([4, 1, 3, 2])).toBe(2);
});

test("summarise orders what it tells", () => {
  expect(summarise([5, 1, 3])).toEqual({ count: 3, min: 1, p50: 3, p99: 5, max: 5, mean: 3 });
  expect(() => summarise([])).toThrow(RangeError);
});

test("rounded keeps so many decimals", () => {
  expect(rounded(1.2345)).toBe(1.23);
  expect(rounded(1.2345, 0)).toBe(1);
});

test("ratioOf is the median of the rounds' quotients", () => {
  expect(ratioOf([10, 90, 40], [5, 30, 40])).toBe(2);
  expect(() => ratioOf([1, 2], [1])).toThrow(RangeError);
});
