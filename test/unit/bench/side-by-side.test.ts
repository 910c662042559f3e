import { expect, test } from "vitest";
import { comparisonOf } from "../../bench/side-by-side.ts";

const runs = (times: number[], cpu: (number | null)[] = times) => times.map((ms, round) => ({ ms, cpuMs: cpu[round] ?? null }));

test("the ratio is the median of the rounds' quotients, so that what slows a whole round down changes nothing", () => {
  const slowRound = { ours: runs([100, 1_000, 110]), theirs: runs([2_000, 20_000, 2_200]) };
  const { ours, theirs, timesFaster, timesAsLong, rounds } = comparisonOf({ names: ["a", "b"], runs: slowRound, others: null });
  expect([rounds, ours.ms, theirs.ms, timesFaster, timesAsLong]).toEqual([3, 110, 2_200, 20, 0.05]);
});

test("a side that takes longer is less than once as fast", () => {
  const given = comparisonOf({ names: ["a", "b"], runs: { ours: runs([3_000]), theirs: runs([2_000]) }, others: 0.25 });
  expect(given).toMatchObject({ timesFaster: 0.67, timesAsLong: 1.5, others: 0.25, ours: { name: "a" }, theirs: { name: "b" } });
});

test("CPU is told in seconds, and not at all when one round does not know it", () => {
  const given = comparisonOf({
    names: ["a", "b"],
    runs: { ours: runs([10, 20, 30], [500, 1_500, 2_500]), theirs: runs([10, 20, 30], [500, null, 500]) },
    others: null,
  });
  expect([given.ours.cpuSeconds, given.theirs.cpuSeconds]).toEqual([1.5, null]);
});

test("sides with unequal rounds, or none, are no comparison", () => {
  const of = (ours: number[], theirs: number[]) => () =>
    comparisonOf({ names: ["a", "b"], runs: { ours: runs(ours), theirs: runs(theirs) }, others: null });
  expect(of([1, 2], [1])).toThrow(RangeError);
  expect(of([], [])).toThrow(RangeError);
});
