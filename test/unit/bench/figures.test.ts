import { expect, test } from "vitest";
import type { Sections } from "../../bench/bench-report.ts";
import { figuresOf, inMemoryFiguresOf } from "../../bench/figures.ts";
import { comparisonOf } from "../../bench/side-by-side.ts";

const comparison = (ours: number, theirs: number) =>
  comparisonOf({
    names: ["a", "b"],
    runs: { ours: [{ ms: ours, cpuMs: 1 }], theirs: [{ ms: theirs, cpuMs: 1 }] },
    others: null,
  });

test("sections that were not measured have no figures, not bad ones", () => {
  expect(figuresOf({})).toEqual({});
  expect(inMemoryFiguresOf({})).toEqual({});
});

test("next to Promise.all both ways of posting have a figure", () => {
  const promiseAll = { tasks: 100, posted: comparison(2_000, 1_000), batch: comparison(1_500, 1_000) };
  const inMemory = { ...promiseAll, posted: comparison(1_200, 1_000) };
  const sections: Sections = { promiseAll: { onDisk: promiseAll, inMemory } };
  expect(figuresOf(sections)).toEqual({ postedRatio: 2, batchRatio: 1.5 });
  expect(inMemoryFiguresOf(sections)).toEqual({ postedRatio: 1.2, batchRatio: 1.5 });
});

test("pg-boss counts by whichever way is the faster one for it", () => {
  const [each, together] = [
    { ...comparison(1_000, 900), peakInFlight: 1 },
    { ...comparison(1_000, 600), peakInFlight: 1 },
  ];
  const pgBoss: Sections["pgBoss"] = { measured: { tasks: 1, versions: "", each, together } };
  expect(figuresOf({ pgBoss })).toEqual({ pgBossRatio: 0.6 });
});

test("a peer that could not be had is asked for and unknown", () => {
  expect(figuresOf({ cli: { whyNot: "offline" }, pgBoss: { whyNot: "offline" } })).toEqual({ cliRatio: null, pgBossRatio: null });
});

test("the history counts by the slowest request that has to answer in time", () => {
  const request = (p95: number, required: boolean) => ({ name: "", required, p50: 1, p95 });
  const history = { rows: 1, fillSeconds: 1, requests: [request(7, true), request(90, true), request(400, false)] };
  expect(figuresOf({ history })).toEqual({ history: 90 });
});
