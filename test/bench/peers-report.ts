import type { BatchRun } from "./batch-run.ts";
import type { CliPeer } from "./cli-peer.ts";
import type { PgBossPeer } from "./pg-boss-peer.ts";
import type { PromiseAll } from "./promise-all.ts";
import { section } from "./report-section.ts";
import type { Comparison } from "./side-by-side.ts";
import { rounded } from "./statistics.ts";
import { textTable } from "./text-table.ts";
import type { OrWhyNot } from "./unavailable.ts";

/** With the state on disk, and in memory where the machine has such a folder. */
export type BatchReport = { onDisk: BatchRun; inMemory: BatchRun | null };
export type PromiseAllReport = { onDisk: PromiseAll; inMemory: PromiseAll | null };

export function batchSection({ onDisk, inMemory }: BatchReport): string {
  const row = (where: string, run: BatchRun) => [
    where,
    run.accepted,
    run.firstCall,
    run.lastCall,
    run.total,
    run.peakInFlight,
    run.perSecond,
  ];
  const rows = [row("disk", onDisk), ...(inMemory === null ? [] : [row("memory", inMemory)])];
  const head = ["state on", "202", "first call", "last call", "all done", "at once at the vendor", "tasks/s"];
  const title = `A batch of ${onDisk.tasks.toLocaleString("en-US")} one-second tasks, s (the limit is 1)`;
  return section(
    title,
    [textTable(head, rows), "", batchBound("disk", onDisk), ...(inMemory === null ? [] : [batchBound("memory", inMemory)])].join(
      "\n",
    ),
  );
}

/** What the time beyond the one second went into. */
function batchBound(where: string, { tasks, total, workerdMsEach, cpu }: BatchRun): string {
  const others = cpu.others === null ? "?" : cpu.others.toFixed(2);
  if (workerdMsEach === null) return `State on ${where}: other programs used ${others} of ${cpu.cores} cores.`;
  const computing = (workerdMsEach * tasks) / 1_000;
  return (
    `State on ${where}: ${rounded(total)} s = 1 s at the vendor + ${rounded(computing)} s of computing on workerd's one thread ` +
    `(${workerdMsEach} ms a task) + ${rounded(Math.max(0, total - 1 - computing))} s of waiting for the disk and for a core; ` +
    `other programs used ${others} of ${cpu.cores} cores.`
  );
}

export function promiseAllSection({ onDisk, inMemory }: PromiseAllReport): string {
  const table = ({ posted, batch }: PromiseAll): string => comparisons([posted, batch], "timesAsLong");
  const title = `${onDisk.tasks} one-second tasks, next to Promise.all of the same SDK calls`;
  const parts = [table(onDisk), ...(inMemory === null ? [] : ["The same with the state in memory:", table(inMemory)])];
  return section(title, parts.join("\n\n"));
}

export function cliSection(cli: OrWhyNot<CliPeer>): string {
  if ("whyNot" in cli) return section("The vendor's CLI", notMeasured(cli.whyNot));
  const { tasks, version, comparison, memory } = cli.measured;
  const { ours, theirs } = comparison;
  const each = (seconds: number | null): string => (seconds === null ? "?" : `${rounded((seconds / tasks) * 1_000, 0)} ms`);
  return section(
    `${tasks} parallel tasks by the vendor's CLI (claude ${version}), a process each; the vendor answers at once`,
    [
      comparisons([comparison], "timesFaster"),
      "",
      `A task costs ${each(ours.cpuSeconds)} of CPU here and ${each(theirs.cpuSeconds)} there. The CLI's processes held ${memory.all} MiB together ` +
        `(the largest of them ${memory.largest}), workerd ${memory.workerd === null ? "?" : rounded(memory.workerd, 0)} MiB at its peak.`,
      "Measured is the wall clock from the start of the first to the end of the last, each with one prompt and one answer; a model's own time comes on top of both.",
    ].join("\n"),
  );
}

export function pgBossSection(pgBoss: OrWhyNot<PgBossPeer>): string {
  if ("whyNot" in pgBoss) return section("pg-boss on PostgreSQL", notMeasured(pgBoss.whyNot));
  const { tasks, versions, each, together } = pgBoss.measured;
  return section(
    `${tasks.toLocaleString("en-US")} one-second tasks as jobs of ${versions}`,
    [
      comparisons([each, together], "timesFaster"),
      "",
      `pg-boss had ${each.peakInFlight} and ${together.peakInFlight} calls at the vendor at once. It keeps a job and an answer: two rows of tables that ` +
        "exist. A task here has a database of its own, with its attempts and its event log; locally that is files made, synced and closed on one thread.",
    ].join("\n"),
  );
}

const notMeasured = (why: string): string => `Not measured: ${why}`;

function comparisons(all: readonly Comparison[], ratio: "timesFaster" | "timesAsLong"): string {
  const rows = all.map(({ ours, theirs, rounds, others, ...ratios }) => [
    ours.name,
    ours.ms,
    ours.cpuSeconds ?? "?",
    theirs.name,
    theirs.ms,
    theirs.cpuSeconds ?? "?",
    `${ratios[ratio]} ×`,
    rounds,
    others ?? "?",
  ]);
  const quotient = ratio === "timesFaster" ? "theirs : ours" : "ours : theirs";
  return textTable(["ours", "ms", "CPU s", "theirs", "ms", "CPU s", quotient, "rounds", "cores of others"], rows);
}
