import { existsSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { type BenchOptions, type BenchSizes, parseBenchOptions, USAGE } from "./bench-options.ts";
import { type BenchReport, reportText, type Speed } from "./bench-report.ts";
import { measureBundle } from "./bundle-size.ts";
import { startCountedServer } from "./counted-server.ts";
import { sumOf } from "./counts.ts";
import { type FanOut, measureFanOut } from "./fan-out.ts";
import { measureLatency } from "./latency.ts";
import { type MeasuredServer, withMeasuredServer } from "./measured-server.ts";
import { platformCost } from "./platform-cost.ts";
import { type MeasuredUse, measureUse, useOf } from "./platform-use.ts";
import { verdicts } from "./requirements.ts";
import { measureStream } from "./stream-speed.ts";
import { measureThroughput, measureUnwatchedThroughput } from "./throughput.ts";
import { startVendor } from "./vendor-process.ts";

/** Callers of the closed loop: enough that the server always has work, few enough that nobody waits for long. */
const IN_FLIGHT = 16;
/** Linux has a file system in memory here. */
const MEMORY_FOLDER = "/dev/shm";
const LONG_CALL_SECONDS = 30;

async function bench({ sizes, quick, jsonFile }: BenchOptions): Promise<void> {
  const disk = await withMeasuredServer(tmpdir(), (server) => measureOnDisk(server, sizes));
  const inMemory = existsSync(MEMORY_FOLDER)
    ? await withMeasuredServer(MEMORY_FOLDER, (server) => measureSpeed(server, sizes, "memory"))
    : null;
  say("what a delegation makes the platform do, and the Worker's size");
  const [use, bundle] = await Promise.all([counted(sizes), measureBundle()]);
  const report = reportOf({ disk, inMemory, use, bundle, quick });
  const json = `${JSON.stringify(report, null, 2)}\n`;
  console.log(reportText(report));
  if (jsonFile === undefined) console.log(`\nThe same as JSON\n\n${json}`);
  else writeFileSync(jsonFile, json);
}

async function measureOnDisk(server: MeasuredServer, sizes: BenchSizes) {
  const speed = await measureSpeed(server, sizes, "disk");
  say("sustained delegations, posted only");
  const unwatchedThroughput = await measureUnwatchedThroughput(server, IN_FLIGHT, sizes.throughputSeconds);
  say("one fast stream");
  return { speed, unwatchedThroughput, stream: await measureStream(server, sizes.streamChunks) };
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

async function counted({ countedDelegations }: BenchSizes): Promise<MeasuredUse> {
  const vendor = await startVendor();
  const server = await startCountedServer(vendor.url);
  try {
    return await measureUse(server, countedDelegations);
  } finally {
    await server.stop();
    await vendor.stop();
  }
}

type Measured = Pick<BenchReport, "inMemory" | "use" | "bundle" | "quick"> & { disk: Awaited<ReturnType<typeof measureOnDisk>> };

function reportOf({ disk, inMemory, use, bundle, quick }: Measured): BenchReport {
  const { speed, unwatchedThroughput, stream } = disk;
  const seconds = LONG_CALL_SECONDS + speed.latency.overhead / 1_000;
  // All CPU that a delegation costs workerd, though the objects' and D1's is not charged: an upper bound.
  const long = useOf(use.long, seconds, unwatchedThroughput.workerdMsEach ?? 0);
  return {
    at: new Date().toISOString(),
    quick,
    machine: {
      cores: availableParallelism(),
      cpu: cpus()[0]?.model ?? "unknown",
      platform: `${process.platform} ${process.arch}`,
      node: process.version,
    },
    verdicts: verdicts(
      {
        ...speedFigures(speed),
        objectRows: sumOf(use.long.rowsWritten),
        d1Rows: sumOf(use.long.d1Written),
      },
      inMemory === null ? {} : speedFigures(inMemory),
    ),
    onDisk: speed,
    inMemory,
    unwatchedThroughput,
    stream,
    use,
    costPerMillion: platformCost(long),
    bundle,
  };
}

const speedFigures = ({ latency, throughput, fanOut }: Speed) => ({
  accept: latency.acceptOneClient.p50,
  toVendor: latency.toVendor.p50,
  overhead: latency.overhead,
  throughput: throughput.perSecond,
  fanOut: fanOut.find(({ tasks }) => tasks === 100)?.delegatedMs ?? Number.NaN,
});

/** What is going on, for whoever waits; not part of the report. */
function say(what: string): void {
  console.error(`measuring ${what} …`);
}

const options = parseBenchOptions(process.argv.slice(2));
if (options === "help") console.log(USAGE);
else await bench(options);
