import { expect, test } from "vitest";
import { batchSection, cliSection, pgBossSection, promiseAllSection } from "../../bench/peers-report.ts";
import { comparisonOf } from "../../bench/side-by-side.ts";

const comparison = comparisonOf({
  names: ["one batch", "the other"],
  runs: { ours: [{ ms: 2_000, cpuMs: 280 }], theirs: [{ ms: 1_000, cpuMs: 20_000 }] },
  others: 0.1,
});
const cpu = { workerd: 0.6, generator: 0, vendor: 0, others: 0.07, cores: 2 };
const run = {
  tasks: 1_000,
  accepted: 0.5,
  firstCall: 0.7,
  lastCall: 6,
  total: 11,
  peakInFlight: 998,
  perSecond: 90.9,
  workerdMsEach: 6,
  cpu,
};

test("what a batch takes beyond its second is told as computing and waiting", () => {
  const text = batchSection({ onDisk: run, inMemory: null });
  expect(text).toContain("A batch of 1,000 one-second tasks");
  expect(text).toContain("11 s = 1 s at the vendor + 6 s of computing on workerd's one thread (6 ms a task) + 4 s of waiting");
  expect(text).toContain("other programs used 0.07 of 2 cores");
  expect(text).not.toContain("memory");
});

test("a batch in memory stands below the one on disk, and never waits less than nothing", () => {
  const text = batchSection({ onDisk: run, inMemory: { ...run, total: 6.5 } });
  expect(text).toContain(
    "State on memory: 6.5 s = 1 s at the vendor + 6 s of computing on workerd's one thread (6 ms a task) + 0 s",
  );
});

test("a system that does not tell its CPU gets no split", () => {
  const text = batchSection({ onDisk: { ...run, workerdMsEach: null, cpu: { ...cpu, others: null } }, inMemory: null });
  expect(text).toContain("State on disk: other programs used ? of 2 cores.");
});

test("next to Promise.all the ratio says how many times as long we take", () => {
  const onDisk = { tasks: 100, posted: comparison, batch: comparison };
  const text = promiseAllSection({ onDisk, inMemory: null });
  expect(text).toContain("ours : theirs");
  expect(text).toContain("2 ×");
  expect(text).not.toContain("in memory");
  expect(promiseAllSection({ onDisk, inMemory: onDisk })).toContain("The same with the state in memory:");
});

test("next to the CLI the ratio says how many times faster we are, and CPU is told for each task", () => {
  const memory = { all: 1_900, largest: 178, workerd: 310.4 };
  const text = cliSection({ measured: { tasks: 20, version: "1.2.3", comparison, memory } });
  expect(text).toContain("theirs : ours");
  expect(text).toContain("0.5 ×");
  expect(text).toContain("14 ms of CPU here and 1000 ms there");
  expect(text).toContain("held 1900 MiB together (the largest of them 178), workerd 310 MiB");
});

test("both ways of pg-boss are told, with the calls that each had in flight", () => {
  const [each, together] = [
    { ...comparison, peakInFlight: 997 },
    { ...comparison, peakInFlight: 1_000 },
  ];
  const text = pgBossSection({ measured: { tasks: 1_000, versions: "pg-boss 1, PostgreSQL 2", each, together } });
  expect(text).toContain("1,000 one-second tasks as jobs of pg-boss 1, PostgreSQL 2");
  expect(text).toContain("pg-boss had 997 and 1000 calls at the vendor at once");
});

test.each([cliSection, pgBossSection])("a peer that cannot be had is told with the reason, without any figure", (peerSection) => {
  expect(peerSection({ whyNot: "npm could not install it: offline" })).toMatch(
    /\n\nNot measured: npm could not install it: offline$/,
  );
});
