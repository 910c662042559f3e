import fc from "fast-check";
import { expect, test } from "vitest";
import { type PlatformUse, platformCost } from "../../bench/platform-cost.ts";

const NOTHING: PlatformUse = {
  workerRequests: 0,
  workerCpuMs: 0,
  objectRequests: 0,
  objectSeconds: 0,
  objectRowsRead: 0,
  objectRowsWritten: 0,
  d1RowsRead: 0,
  d1RowsWritten: 0,
  queueOperations: 0,
};

const totalOf = (use: PlatformUse): number => platformCost(use).at(-1)?.dollarsPerMillion ?? Number.NaN;

test.each([
  ["workerRequests", 1, 0.3],
  ["workerCpuMs", 10, 0.2],
  ["objectRequests", 3, 0.45],
  ["objectSeconds", 30.05, 48.08],
  ["objectRowsRead", 10, 0.01],
  ["objectRowsWritten", 4, 4],
  ["d1RowsRead", 10, 0.01],
  ["d1RowsWritten", 2, 2],
  ["queueOperations", 3, 1.2],
] as [keyof PlatformUse, number, number][])("a million delegations with %s %d cost $%d", (name, amount, dollars) => {
  expect(totalOf({ ...NOTHING, [name]: amount })).toBeCloseTo(dollars, 6);
});

test("platformCost ends with the total of the items before it", () => {
  const items = platformCost({ ...NOTHING, objectSeconds: 30.05, objectRequests: 2, objectRowsWritten: 3, d1RowsWritten: 2 });
  expect(items.at(-1)).toMatchObject({ item: "total", perDelegation: 1 });
  expect(items.at(-1)?.dollarsPerMillion).toBeCloseTo(53.38, 2);
});

test("platformCost is linear: twice the use costs twice as much", () => {
  const amount = fc.double({ min: 0, max: 1e6, noNaN: true });
  const use = fc.record(Object.fromEntries(Object.keys(NOTHING).map((name) => [name, amount]))) as fc.Arbitrary<PlatformUse>;
  fc.assert(
    fc.property(use, (one) => {
      const two = Object.fromEntries(Object.entries(one).map(([name, value]) => [name, value * 2])) as PlatformUse;
      expect(totalOf(two)).toBeCloseTo(totalOf(one) * 2, 3);
      expect(totalOf(one)).toBeGreaterThanOrEqual(0);
    }),
  );
});
