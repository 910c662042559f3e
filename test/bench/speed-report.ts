import type { CpuShares } from "./cpu-use.ts";
import type { FanOut } from "./fan-out.ts";
import type { Latency } from "./latency.ts";
import { section } from "./report-section.ts";
import { rounded } from "./statistics.ts";
import type { StreamSpeed } from "./stream-speed.ts";
import { textTable } from "./text-table.ts";
import type { Throughput } from "./throughput.ts";

/** What is measured twice: with the state on disk, as it is used, and in memory, to tell what the disk costs. */
export type Speed = { latency: Latency; throughput: Throughput; fanOut: FanOut[] };

export type SpeedReport = {
  onDisk: Speed;
  /** Null where the machine has no folder in memory. */
  inMemory: Speed | null;
  unwatchedThroughput: Throughput;
  stream: StreamSpeed;
};

export const speedSections = (report: SpeedReport): string[] => [
  boundText(report),
  section("Latency, ms", latencyTable(report)),
  section("Fan-out: one-second delegations in parallel, until the last one is answered, ms", fanOutTable(report)),
  section("Sustained delegations, and the cores used meanwhile", throughputTable(report)),
  section("One stream: vendor events through the object per second", streamTable(report.stream)),
];

/** The same figures as they are measured on disk and in memory. */
const places = ({ onDisk, inMemory }: SpeedReport): [string, Speed][] => [
  ["disk", onDisk],
  ...(inMemory === null ? [] : ([["memory", inMemory]] as [string, Speed][])),
];

/** workerd has one thread for all objects: what it does not compute, it waits for the disk, or for a core that others use. */
function boundText(report: SpeedReport): string {
  const told = places(report).map(([where, speed]) => {
    const { perSecond, workerdMsEach, cpu } = speed.throughput;
    const others = cpu.others === null ? "?" : cpu.others.toFixed(2);
    if (workerdMsEach === null) return `State on ${where}: other programs used ${others} of ${cpu.cores} cores.`;
    const waiting = Math.max(0, 1_000 / perSecond - workerdMsEach);
    return (
      `State on ${where}: ${rounded(1_000 / perSecond)} ms of workerd's one thread each, ${workerdMsEach} ms of it computing and ` +
      `${rounded(waiting)} ms waiting; other programs used ${others} of ${cpu.cores} cores meanwhile.`
    );
  });
  return [
    ...told,
    "Locally an object is an SQLite file of its own. It waits for the disk when that is made, synced and closed, and for a core when others use them.",
  ].join("\n");
}

function latencyTable(report: SpeedReport): string {
  const rows = places(report).flatMap(([where, speed]) => {
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

function fanOutTable({ onDisk, inMemory }: SpeedReport): string {
  const rows = (where: string, fanOut: FanOut[]) =>
    fanOut.map(({ tasks, delegatedMs, directMs, addedMs }) => [where, tasks, delegatedMs, directMs, addedMs]);
  return textTable(
    ["state on", "tasks", "delegated", "Promise.all of SDK calls", "added"],
    [...rows("disk", onDisk.fanOut), ...rows("memory", inMemory?.fanOut ?? [])],
  );
}

function throughputTable({ onDisk, inMemory, unwatchedThroughput }: SpeedReport): string {
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
