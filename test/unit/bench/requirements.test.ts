import { expect, test } from "vitest";
import { type Figures, verdicts } from "../../bench/requirements.ts";

const AT_THE_LIMIT: Figures = {
  accept: 10,
  toVendor: 15,
  overhead: 25,
  fanOut: 2_500,
  throughput: 120,
  history: 100,
  postedRatio: 1.5,
  batchRatio: 1.5,
  cliRatio: 20,
  pgBossRatio: 1,
  objectRows: 10,
  d1Rows: 10,
};
const AT_LEAST = new Set(["throughput", "cliRatio", "pgBossRatio"]);
const missed = (figures: Figures): string[] => verdicts(figures).flatMap(({ met, figure }) => (met === true ? [] : [figure]));

test("a figure exactly at its limit meets the requirement", () => {
  expect(missed(AT_THE_LIMIT)).toEqual([]);
});

test.each(Object.keys(AT_THE_LIMIT) as (keyof Figures)[])("%s beyond its limit misses it, and no other", (name) => {
  const beyond = AT_LEAST.has(name) ? -1 : 1;
  expect(missed({ ...AT_THE_LIMIT, [name]: AT_THE_LIMIT[name] + beyond })).toHaveLength(1);
  expect(missed({ ...AT_THE_LIMIT, [name]: AT_THE_LIMIT[name] - beyond })).toEqual([]);
});

test("a figure that is not a number is a miss", () => {
  expect(missed({ ...AT_THE_LIMIT, accept: Number.NaN })).toHaveLength(1);
});

test("what was not asked for has no verdict, and what could not be measured stands without one", () => {
  expect(verdicts({ cliRatio: null, pgBossRatio: 2 })).toMatchObject([
    { required: 20, measured: null, met: null },
    { required: 1, measured: 2, met: true },
  ]);
});

test("what was measured without the disk stands beside, and decides nothing", () => {
  const given = verdicts({ ...AT_THE_LIMIT, accept: 11 }, { accept: 4 });
  expect(given.find(({ figure }) => figure.startsWith("accept, p50"))).toMatchObject({ measured: 11, met: false, inMemory: 4 });
  expect(given.find(({ figure }) => figure.startsWith("100 "))).toMatchObject({ met: true, inMemory: null });
});
