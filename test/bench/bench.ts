import { existsSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { measureBatch } from "./batch-run.ts";
import { type BenchOptions, type BenchSizes, parseBenchOptions, type Section, USAGE } from "./bench-options.ts";
import { type BenchReport, reportText, type Sections } from "./bench-report.ts";
import { measureBundle } from "./bundle-size.ts";
import { compareCli } from "./cli-peer.ts";
import { startCountedServer } from "./counted-server.ts";
import { type FanOut, measureFanOut } from "./fan-out.ts";
import { figuresOf, inMemoryFiguresOf } from "./figures.ts";
import { measureHistory } from "./history.ts";
import { KEY_SETTINGS, measureKeyChecks } from "./key-checks.ts";
import { measureLatency } from "./latency.ts";
import { measureLedger } from "./ledger-speed.ts";
import { type MeasuredServer, withMeasuredServer } from "./measured-server.ts";
import type { BatchReport } from "./peers-report.ts";
import { comparePgBoss } from "./pg-boss-peer.ts";
import { platformCost } from "./platform-cost.ts";
import type { PlatformReport } from "./platform-report.ts";
import { measureUse, useOf } from "./platform-use.ts";
import { comparePromiseAll } from "./promise-all.ts";
import { verdicts } from "./requirements.ts";
import type { Speed, SpeedReport } from "./speed-report.ts";
import { measureStream } from "./stream-speed.ts";
import { measureThroughput, measureUnwatchedThroughput } from "./throughput.ts";
import { orWhyNot } from "./unavailable.ts";
import { startVendor } from "./vendor-process.ts";

/** Callers of the closed loop: enough that the server always has work, few enough that nobody waits for long. */
const IN_FLIGHT = 16;
/** Linux has a file system in memory here. */
const MEMORY_FOLDER = "/dev/shm";
const LONG_CALL_SECONDS = 30;
const BATCH_TASKS = 1_000;
const PARALLEL_TASKS = 100;
const CLI_TASKS = 20;

async function bench({ sizes, sections, quick, jsonFile }: BenchOptions): Promise<void> {
  const [load = 0] = loadavg();
  const measured = await measureSections(sections, sizes);
  const report: BenchReport = {
    at: new Date().toISOString(),
    quick,
    sections,
    machine: {
      cores: availableParallelism(),
      cpu: cpus()[0]?.model ?? "unknown",
      platform: `${process.platform} ${process.arch}`,
      node: process.version,
      load,
    },
    verdicts: verdicts(figuresOf(measured), inMemoryFiguresOf(measured)),
    ...measured,
  };
  const json = `${JSON.stringify(report, null, 2)}\n`;
  console.log(reportText(report));
  if (jsonFile === undefined) console.log(`\nThe same as JSON\n\n${json}`);
  else writeFileSync(jsonFile, json);
}

/** Each on a server of its own: a section alone finds what it finds after the others. */
async function measureSections(sections: readonly Section[], sizes: BenchSizes): Promise<Sections> {
  const measured: Sections = {};
  const onDisk = <T>(measure: (server: MeasuredServer) => Promise<T>) => withMeasuredServer(tmpdir(), measure);
  if (sections.includes("speed")) measured.speed = await measureSpeedReport(sizes);
  if (sections.includes("batch")) measured.batch = await measureBatchReport(sizes);
  if (sections.includes("ledger")) {
    say("delegations without and under a budget");
    measured.ledger = await onDisk((server) => measureLedger(server, IN_FLIGHT, sizes.throughputSeconds));
  }
  if (sections.includes("keys")) {
    say("what it takes to know who asks");
    const measure = (server: MeasuredServer) => measureKeyChecks(server, IN_FLIGHT, sizes.throughputSeconds);
    measured.keys = await withMeasuredServer(tmpdir(), measure, KEY_SETTINGS);
  }
  if (sections.includes("history")) {
    const { rows, rounds } = sizes.history;
    say(`a history of ${rows}`);
    measured.history = await measureHistory(rows, rounds);
  }
  if (sections.includes("promise-all")) {
    say(`${PARALLEL_TASKS} tasks next to Promise.all`);
    const compare = (server: MeasuredServer) => comparePromiseAll(server, PARALLEL_TASKS, sizes.turns);
    measured.promiseAll = { onDisk: await onDisk(compare), inMemory: await inMemoryToo(compare) };
  }
  if (sections.includes("cli")) {
    say(`${CLI_TASKS} tasks next to the vendor's CLI`);
    measured.cli = await orWhyNot(() => onDisk((server) => compareCli(server, CLI_TASKS, sizes.turns)));
  }
  if (sections.includes("pg-boss")) {
    say(`${BATCH_TASKS} tasks next to pg-boss on PostgreSQL`);
    measured.pgBoss = await orWhyNot(() => onDisk((server) => comparePgBoss(server, BATCH_TASKS, sizes.turns)));
  }
  if (sections.includes("platform")) measured.platform = await measurePlatform(sizes, measured.speed);
  return measured;
}

const inMemoryToo = async <T>(measure: (server: MeasuredServer) => Promise<T>): Promise<T | null> =>
  existsSync(MEMORY_FOLDER) ? withMeasuredServer(MEMORY_FOLDER, measure) : null;

async function measureSpeedReport(sizes: BenchSizes): Promise<SpeedReport> {
  const disk = await withMeasuredServer(tmpdir(), async (server) => {
    const onDisk = await measureSpeed(server, sizes, "disk");
    say("sustained delegations, posted only");
    const unwatchedThroughput = await measureUnwatchedThroughput(server, IN_FLIGHT, sizes.throughputSeconds);
    say("one fast stream");
    return { onDisk, unwatchedThroughput, stream: await measureStream(server, sizes.streamChunks) };
  });
  return { ...disk, inMemory: await inMemoryToo((server) => measureSpeed(server, sizes, "memory")) };
}

async function measureSpeed(server: MeasuredServer, sizes: BenchSizes, where: string): Promise<Speed> {
  say(`latency, state on ${where}`);
  const latency = await measureLatency(server, sizes.latencyRounds);
  say(`sustained delegations, state on ${where}`);
  const throughput = await measureThroughput(server, IN_FLIGHT, sizes.throughputSeconds);
  const fanOut: FanOut[] = [];
  for (const { tasks, rounds } of sizes.fanOut) {
    say(`fan-out of ${tasks}, state on ${where}`);
    fanOut.push(await measureFanOut(server, tasks, rounds));
  }
  return { latency, throughput, fanOut };
}

async function measureBatchReport({ turns }: BenchSizes): Promise<BatchReport> {
  const measure = (server: MeasuredServer) => measureBatch(server, BATCH_TASKS, turns);
  say(`a batch of ${BATCH_TASKS}`);
  return { onDisk: await withMeasuredServer(tmpdir(), measure), inMemory: await inMemoryToo(measure) };
}

/** `speed`, where it was measured, tells the overhead and the CPU of a delegation; without it both count nothing. */
async function measurePlatform({ countedDelegations }: BenchSizes, speed: SpeedReport | undefined): Promise<PlatformReport> {
  say("what a delegation makes the platform do, and the Worker's size");
  const vendor = await startVendor();
  const server = await startCountedServer(vendor.url);
  try {
    const [use, bundle] = await Promise.all([measureUse(server, countedDelegations), measureBundle()]);
    const seconds = LONG_CALL_SECONDS + (speed?.onDisk.latency.overhead ?? 0) / 1_000;
    // All CPU that a delegation costs workerd, though the objects' and D1's is not charged: an upper bound.
    const long = useOf(use.long, seconds, speed?.unwatchedThroughput.workerdMsEach ?? 0);
    return { use, costPerMillion: platformCost(long), bundle };
  } finally {
    await server.stop();
    await vendor.stop();
  }
}

/** What is going on, for whoever waits; not part of the report. */
function say(what: string): void {
  console.error(`measuring ${what} …`);
}

const options = parseBenchOptions(process.argv.slice(2));
if (options === "help") console.log(USAGE);
else await bench(options);
