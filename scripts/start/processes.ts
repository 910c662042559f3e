import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * A process as itself and no other that was given its number later: `started` is the kernel's start time (clock ticks since
 * boot on Linux, a date elsewhere) and `command` the command line.
 */
export type ProcessIdentity = { pid: number; started: string; command: string };

const PROC = existsSync("/proc/self/stat");

/** The process of this number now; undefined when there is none (a zombie counts as none). */
export function identify(pid: number): ProcessIdentity | undefined {
  return PROC ? identifyByProc(pid) : listByPs().find((found) => found.pid === pid);
}

/** Every process there is. */
export function everyProcess(): ProcessIdentity[] {
  return PROC ? everyPid().flatMap((pid) => identify(pid) ?? []) : listByPs();
}

/** The direct children of a process. */
export function childrenOf(parent: number): ProcessIdentity[] {
  if (!PROC) return listByPs().filter((found) => found.parent === parent);
  return everyPid().flatMap((pid) => (statOf(pid)?.parent === parent ? (identify(pid) ?? []) : []));
}

/** The number of a process's parent. */
export function parentOf(pid: number): number | undefined {
  return PROC ? statOf(pid)?.parent : listByPs().find((found) => found.pid === pid)?.parent;
}

/** Every process whose environment holds `NAME=value`. Only Linux can tell; elsewhere the answer is empty. */
export function withEnvironment(name: string, value: string): ProcessIdentity[] {
  if (!PROC) return [];
  return everyPid().flatMap((pid) => {
    const environment = read(`/proc/${pid}/environ`) ?? "";
    return environment.split("\0").includes(`${name}=${value}`) ? (identify(pid) ?? []) : [];
  });
}

/** True while exactly this process runs. */
export function isAlive(process: ProcessIdentity): boolean {
  const now = identify(process.pid);
  return now !== undefined && now.started === process.started && now.command === process.command;
}

/** Kills exactly these processes and resolves when the last is gone; returns those that were alive. Throws after 5 s. */
export async function end(processes: ProcessIdentity[]): Promise<ProcessIdentity[]> {
  const alive = processes.filter(isAlive);
  for (const found of alive) signal(found.pid);
  for (let waited = 0; alive.some(isAlive); waited += 10) {
    if (waited > 5_000) throw new Error(`Could not end ${alive.filter(isAlive).map(({ pid }) => `process ${pid}`)}`);
    await sleep(10);
  }
  return alive;
}

function signal(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

function identifyByProc(pid: number): ProcessIdentity | undefined {
  const stat = statOf(pid);
  const command = read(`/proc/${pid}/cmdline`);
  if (stat === undefined || stat.zombie || command === undefined) return undefined;
  return { pid, started: stat.started, command: command.split("\0").join(" ").trim() };
}

/** Fields of /proc/<pid>/stat (proc_pid_stat(5)): 3 state, 4 parent, 22 start time; the name in field 2 may hold anything. */
function statOf(pid: number): { parent: number; started: string; zombie: boolean } | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { parent: Number(fields[1]), started: fields[19] ?? "", zombie: fields[0] === "Z" };
}

function everyPid(): number[] {
  return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** `lstart` is always five words: "Sun Nov 22 15:53:00 2026". */
function listByPs(): (ProcessIdentity & { parent: number })[] {
  const table = execFileSync("ps", ["-axww", "-o", "pid=,ppid=,state=,lstart=,command="], { encoding: "utf8", maxBuffer: 64e6 });
  return table.split("\n").flatMap((line) => {
    const [, pid, parent, state, started, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+((?:\S+\s+){4}\S+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined || started === undefined || command === undefined || state?.startsWith("Z")) return [];
    return [{ pid: Number(pid), parent: Number(parent), started, command }];
  });
}
