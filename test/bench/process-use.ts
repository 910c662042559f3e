import { readdirSync, readFileSync } from "node:fs";

/** Linux counts CPU in hundredths of a second. */
const TICK_MS = 10;
/** Fields of proc(5)'s `stat`, counted from the one after the command's closing parenthesis. */
const PARENT = 1;
const OWN_TIMES = [11, 12];
const ENDED_CHILDREN_TIMES = [13, 14];

/** CPU milliseconds of one process so far; throws when it is gone or the system is not Linux. */
export const processCpuMs = (pid: number): number => cpuMs(statOf(pid), OWN_TIMES);

/** CPU milliseconds of this process's ended children, and of theirs; null where the system does not tell. */
export const endedChildrenCpuMs = (): number | null => orNull(() => cpuMs(statOf("self"), ENDED_CHILDREN_TIMES));

/** CPU milliseconds of a process, its living children, and its ended ones; null where the system does not tell. */
export function familyCpuMs(pid: number): number | null {
  return orNull(() => {
    const family = [pid, ...childrenOf(pid)];
    return (
      family.reduce((sum, member) => sum + (orNull(() => processCpuMs(member)) ?? 0), 0) +
      cpuMs(statOf(pid), ENDED_CHILDREN_TIMES)
    );
  });
}

/** The most memory that a process has held at once, in MiB, what it shares with others included; null where the system does not tell. */
export const peakMemoryMib = (pid: number): number | null => orNull(() => kibOf(pid, "status", "VmHWM") / 1_024);

/** What a process holds now, in MiB, memory shared by n processes counted as an n-th; null where the system does not tell. */
export const shareOfMemoryMib = (pid: number): number | null => orNull(() => kibOf(pid, "smaps_rollup", "Pss") / 1_024);

function statOf(pid: number | "self"): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

const cpuMs = (stat: readonly string[], times: readonly number[]): number =>
  times.reduce((sum, field) => sum + Number(stat[field]) * TICK_MS, 0);

function childrenOf(pid: number): number[] {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return pids.filter((child) => orNull(() => statOf(child))?.[PARENT] === String(pid));
}

function kibOf(pid: number, file: string, name: string): number {
  const [, kib] = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/${file}`, "utf8")) ?? [];
  if (kib === undefined) throw new Error(`/proc/${pid}/${file} has no ${name}`);
  return Number(kib);
}

/** Processes come and go while they are read, and not every system has /proc. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
