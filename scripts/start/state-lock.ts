import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { end, identify, isAlive, type ProcessIdentity, withEnvironment } from "./processes.ts";

/** Marks every process of one run in its environment, so that one that was not yet on record is found as well. */
export const RUN_VARIABLE = "DEPUTE_RUN";

/** What `<state>/processes.json` holds: who runs on this state, and the processes that must not outlive it. */
export type Run = { run: string; owner: ProcessIdentity; url: string | null; children: ProcessIdentity[] };

/** Another process runs on the state. */
export class StateTaken extends Error {}

/** The one process that may use a state folder. */
export type StateLock = {
  /** What an earlier run left behind and what was therefore ended. */
  ended: ProcessIdentity[];
  /** Records the processes that must end with this one, and the address once it is known. */
  record(children: ProcessIdentity[], url: string | null): void;
  release(): void;
};

/**
 * Takes the state folder, or throws StateTaken naming the process that has it. The lock is the kernel's (SQLite's, on
 * `<state>/lock`), so it is free the moment its holder is gone, however it went. Survivors of the run before are ended first.
 */
export async function lockState(state: string, run: string): Promise<StateLock> {
  makePrivate(state);
  const lock = takeLock(state);
  const previous = readRun(state);
  const ended = previous === undefined ? [] : await endRun(previous);
  const owner = identify(process.pid);
  if (owner === undefined) throw new Error("This system does not tell which processes run");
  const record = (children: ProcessIdentity[], url: string | null) => writeRun(state, { run, owner, url, children });
  record([], null);
  return {
    ended,
    record,
    release() {
      rmSync(join(state, "processes.json"), { force: true });
      lock.close();
    },
  };
}

/** Ends what is left of the run of this name, if it is still the one on record, and returns what that was. */
export function endSurvivors(state: string, run: string): Promise<ProcessIdentity[]> {
  const recorded = readRun(state);
  return endRun(recorded?.run === run ? recorded : { run, children: [] });
}

/** The address of the server that runs on a state folder; undefined when none does, or when it does not listen yet. */
export function runningUrl(state: string): string | undefined {
  return liveRun(state)?.url ?? undefined;
}

/** The same, of a server that is still starting as soon as it listens. */
export async function untilRunning(state: string): Promise<string | undefined> {
  for (let run = liveRun(state); run !== undefined; run = liveRun(state)) {
    if (run.url !== null) return run.url;
    await sleep(50);
  }
  return undefined;
}

function liveRun(state: string): Run | undefined {
  const run = readRun(state);
  return run !== undefined && isAlive(run.owner) ? run : undefined;
}

function endRun({ run, children }: Pick<Run, "run" | "children">): Promise<ProcessIdentity[]> {
  const unrecorded = withEnvironment(RUN_VARIABLE, run).filter(
    (found) => found.pid !== process.pid && !children.some(({ pid }) => pid === found.pid),
  );
  return end([...children, ...unrecorded]);
}

const OWN_NAMES = /^(?:lock(?:-journal)?|processes\.json(?:\.new)?|(?:admin-key|secret)(?:\.new)?|server\.log|v3)$/;

/** The state holds prompts and answers: only its owner may read it. A folder that holds anything else is not ours to close. */
function makePrivate(state: string): void {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  if (readdirSync(state).every((name) => OWN_NAMES.test(name))) chmodSync(state, 0o700);
}

function takeLock(state: string): DatabaseSync {
  const lock = new DatabaseSync(join(state, "lock"));
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if (!(error instanceof Error && "errcode" in error && error.errcode === 5)) throw error;
    throw new StateTaken(`${state} is in use by ${holder(readRun(state))}`);
  }
}

function holder(run: Run | undefined): string {
  if (run === undefined) return "another start";
  return `process ${run.owner.pid}${run.url === null ? "" : `, which serves ${run.url}`}; npm stop ends it`;
}

/** Who runs on a state folder, or ran there last and was killed; undefined when the last one ended in order. */
export function readRun(state: string): Run | undefined {
  try {
    return JSON.parse(readFileSync(join(state, "processes.json"), "utf8")) as Run;
  } catch {
    return undefined;
  }
}

/** Written aside and renamed: a reader never sees half of it. */
function writeRun(state: string, run: Run): void {
  const path = join(state, "processes.json");
  writeFileSync(`${path}.new`, `${JSON.stringify(run, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}
