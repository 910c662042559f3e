import type { BundleSize } from "./bundle-size.ts";
import type { CpuShares } from "./cpu-use.ts";
import type { FanOut } from "./fan-out.ts";
import type { Latency } from "./latency.ts";
import type { CostItem } from "./platform-cost.ts";
import type { MeasuredUse } from "./platform-use.ts";
import type { Verdict } from "./requirements.ts";
import { rounded } from "./statistics.ts";
import type { StreamSpeed } from "./stream-speed.ts";
import { textTable } from "./text-table.ts";
import type { Throughput } from "./throughput.ts";

/** What is measured twice: with the state on disk, as it is used, and in memory, to tell what the disk costs. */
export type Speed = { latency: Latency; throughput: Throughput; fanOut: FanOut[] };

export type BenchReport = {
  at: string;
  quick: boolean;
  machine: { cores: number; cpu: string; platform: string; node: string };
  verdicts: Verdict[];
  onDisk: Speed;
  /** Null where the machine has no folder in memory. */
  inMemory: Speed | null;
  unwatchedThroughput: Throughput;
  stream: StreamSpeed;
  use: MeasuredUse;
  costPerMillion: CostItem[];
  bundle: BundleSize;
};

/** The report for people. */
export function reportText(report: BenchReport): string {
  const { machine } = report;
  return [
    `${report.at}, ${machine.cores} cores (${machine.cpu}), ${machine.platform}, Node ${machine.node}${report.quick ? ", a quick run" : ""}`,
    section("Required", verdictTable(report.verdicts)),
    boundText(report),
    section("Latency, ms", latencyTable(report)),
    section("Fan-out: one-second delegations in parallel, until the last one is answered, ms", fanOutTable(report)),
    section("Sustained delegations, and the cores used meanwhile", throughputTable(report)),
    section("One stream: vendor events through the object per second", streamTable(report.stream)),
    section("Charged operations per delegation that nobody watches", useTable(report.use)),
    section("The platform's charge for a million delegations of 30 s, $", costTable(report.costPerMillion)),
    section("The Worker", bundleTable(report.bundle)),
  ].join("\n\n");
}

const section = (title: string, body: string): string => `${title}\n\n${body}`;

function verdictTable(verdicts: Verdict[]): string {
  const rows = verdicts.map(({ figure, bound, required, measured, unit, met, inMemory }) => [
    figure,
    `${bound} ${required} ${unit}`,
    rounded(measured),
    met ? "pass" : "MISS",
    inMemory === null ? "" : String(rounded(inMemory)),
  ]);
  return textTable(["figure", "required", "measured", "", "with the state in memory"], rows);
}

/** workerd has one thread for all objects: what it does not compute, it waits for the disk, or for a core that others use. */
function boundText({ onDisk, inMemory }: BenchReport): string {
  const told = (
    [
      ["disk", onDisk],
      ["memory", inMemory],
    ] as [string, Speed | null][]
  ).flatMap(([where, speed]) => {
    if (speed === null) return [];
    const { perSecond, workerdMsEach, cpu } = speed.throughput;
    const others = cpu.others === null ? "?" : cpu.others.toFixed(2);
    if (workerdMsEach === null) return [`State on ${where}: other programs used ${others} of ${cpu.cores} cores.`];
    const waiting = Math.max(0, 1_000 / perSecond - workerdMsEach);
    return [
      `State on ${where}: ${rounded(1_000 / perSecond)} ms of workerd's one thread each, ${workerdMsEach} ms of it computing and ` +
        `${rounded(waiting)} ms waiting; other programs used ${others} of ${cpu.cores} cores meanwhile.`,
    ];
  });
  return [
    ...told,
    "Locally an object is an SQLite file of its own. It waits for the disk when that is made, synced and closed, and for a core when others use them.",
  ].join("\n");
}

function latencyTable({ onDisk, inMemory }: BenchReport): string {
  const rows = (
    [
      ["disk", onDisk],
      ["memory", inMemory],
    ] as [string, Speed | null][]
  ).flatMap(([where, speed]) => {
    if (speed === null) return [];
    const { acceptOneClient, acceptTenClients, toVendor, delegated, direct } = speed.latency;
    const row = (name: string, { p50, p99 }: { p50: number; p99: number }) => [name, where, p50, p99];
    return [
      row("accept, 1 client", acceptOneClient),
      row("accept, 10 clients", acceptTenClients),
      row("accept → vendor request", toVendor),
      row("POST and wait until completed", delegated),
      row("the SDK, straight to the vendor", direct),
    ];
  });
  return textTable(["", "state on", "p50", "p99"], rows);
}

function fanOutTable({ onDisk, inMemory }: BenchReport): string {
  const rows = (where: string, fanOut: FanOut[]) =>
    fanOut.map(({ tasks, delegatedMs, directMs, addedMs }) => [where, tasks, delegatedMs, directMs, addedMs]);
  return textTable(
    ["state on", "tasks", "delegated", "Promise.all of SDK calls", "added"],
    [...rows("disk", onDisk.fanOut), ...rows("memory", inMemory?.fanOut ?? [])],
  );
}

function throughputTable({ onDisk, inMemory, unwatchedThroughput }: BenchReport): string {
  const row = (name: string, { callers, perSecond, workerdMsEach, cpu }: Throughput) => [
    name,
    callers,
    perSecond,
    workerdMsEach ?? "?",
    ...coresOf(cpu),
  ];
  const rows = [row("POST, then ?wait= (disk)", onDisk.throughput), row("POST only (disk)", unwatchedThroughput)];
  if (inMemory !== null) rows.push(row("POST, then ?wait= (memory)", inMemory.throughput));
  return textTable(["", "in flight", "per second", "workerd ms each", "workerd", "bench", "vendor", "others"], rows);
}

const coresOf = ({ workerd, generator, vendor, others }: CpuShares): (number | string)[] =>
  [workerd, generator, vendor, others].map((cores) => cores ?? "?");

const streamTable = ({ watched, unwatched, direct }: StreamSpeed): string =>
  textTable(
    ["", "events/s"],
    [
      ["watched over SSE", watched],
      ["unwatched", unwatched],
      ["the SDK in Node, straight", direct],
    ],
  );

function useTable({ short, long }: MeasuredUse): string {
  const rows = [...flat(short)].map(([name, amount]) => [name, amount, flat(long).get(name) ?? 0]);
  const only = [...flat(long)].filter(([name]) => !flat(short).has(name)).map(([name, amount]) => [name, 0, amount]);
  return textTable(["", "short", "30 s"], [...rows, ...only]);
}

/** Every count under a name of its own. */
function flat(counts: MeasuredUse["short"]): Map<string, number> {
  const groups: [string, { [name: string]: number }][] = [
    ["object request", counts.objectCalls],
    ["object row written", counts.rowsWritten],
    ["object row read", counts.rowsRead],
    ["D1 row written", counts.d1Written],
    ["D1 row read", counts.d1Read],
  ];
  return new Map([
    ["Worker request", counts.workerRequests],
    ["alarm", counts.alarms],
    ...groups.flatMap(([group, entries]) =>
      Object.entries(entries).map(([name, amount]): [string, number] => [`${group}: ${name}`, amount]),
    ),
    ["D1 round trip", counts.d1RoundTrips],
    ["queue operation", counts.queueOperations],
  ]);
}

const costTable = (items: CostItem[]): string =>
  textTable(
    ["", "each", "", "$ per million"],
    items.map(({ item, perDelegation, unit, dollarsPerMillion }) => [item, perDelegation, unit, dollarsPerMillion]),
  );

const bundleTable = ({ kib, gzipKib, startupMs }: BundleSize): string =>
  textTable(
    ["", ""],
    [
      ["size, KiB", kib],
      ["gzip, KiB", gzipKib],
      ["start-up CPU on this machine, ms", startupMs],
    ],
  );
