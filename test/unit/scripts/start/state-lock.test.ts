import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { identify, isAlive, type ProcessIdentity } from "../../../../scripts/start/processes.ts";
import { endSurvivors, lockState, runningUrl, StateTaken, untilRunning } from "../../../../scripts/start/state-lock.ts";

let state: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "depute-lock-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(state, { recursive: true });
});

async function child(code: string, environment: { [name: string]: string } = {}): Promise<ChildProcess> {
  const args = ["--input-type=module-typescript", "-e", `${code}; process.stdout.write("up"); setInterval(() => {}, 1e6)`];
  const started = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: environment,
    cwd: import.meta.dirname,
  });
  children.push(started);
  await once(started.stdout, "data");
  return started;
}

async function sleeper(environment: { [name: string]: string } = {}): Promise<ProcessIdentity> {
  const found = identify((await child("", environment)).pid ?? Number.NaN);
  if (found === undefined) throw new Error("It did not start");
  return found;
}

/** A process that holds the state and has these on record. */
async function holder(recorded: ProcessIdentity[], url: string | null = null): Promise<ChildProcess> {
  const module = new URL("../../../../scripts/start/state-lock.ts", import.meta.url).href;
  return child(`import { lockState } from ${JSON.stringify(module)};
    globalThis.lock = await lockState(${JSON.stringify(state)}, "theirs");
    lock.record(${JSON.stringify(recorded)}, ${JSON.stringify(url)})`);
}

async function killed(process: ChildProcess): Promise<void> {
  process.kill("SIGKILL");
  await once(process, "exit");
}

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe("lockState and who may read the state", () => {
  test("makes a new folder, and those above it, its owner's alone", async () => {
    const inner = join(state, "new", "inner");
    (await lockState(inner, "ours")).release();
    expect([modeOf(join(state, "new")), modeOf(inner)]).toEqual([0o700, 0o700]);
  });

  test("closes a folder that an earlier version left open", async () => {
    (await lockState(state, "earlier")).release();
    for (const name of ["admin-key", "secret", "lock-journal", "processes.json"]) writeFileSync(join(state, name), "");
    mkdirSync(join(state, "v3"));
    chmodSync(state, 0o755);
    (await lockState(state, "ours")).release();
    expect(modeOf(state)).toBe(0o700);
  });

  test.each(["notes.txt", ".ssh"])("leaves a folder alone that holds something else: %s", async (name) => {
    chmodSync(state, 0o755);
    mkdirSync(join(state, name));
    (await lockState(state, "earlier")).release();
    (await lockState(state, "ours")).release();
    expect(modeOf(state)).toBe(0o755);
  });
});

describe("lockState", () => {
  test("refuses a state that another process holds, and names it", async () => {
    const owner = await holder([]);
    await expect(lockState(state, "ours")).rejects.toThrow(StateTaken);
    await expect(lockState(state, "ours")).rejects.toThrow(`process ${owner.pid}`);
  });

  test("is free again the moment its holder is killed", async () => {
    await killed(await holder([]));
    (await lockState(state, "ours")).release();
  });

  test("ends what a killed holder left, and nothing else", async () => {
    const [survivor, bystander] = [await sleeper(), await sleeper()];
    await killed(await holder([survivor, { ...bystander, started: "1" }]));
    const lock = await lockState(state, "ours");
    expect(lock.ended).toEqual([survivor]);
    expect(isAlive(survivor)).toBe(false);
    expect(isAlive(bystander)).toBe(true);
    lock.release();
  });

  test.runIf(process.platform === "linux")("ends a process of the killed run that was not yet on record", async () => {
    const unrecorded = await sleeper({ DEPUTE_RUN: "theirs" });
    await killed(await holder([]));
    const lock = await lockState(state, "ours");
    expect(lock.ended).toEqual([unrecorded]);
    lock.release();
  });

  test("half a record, left by a crash of the machine, does not keep it from starting", async () => {
    writeFileSync(join(state, "processes.json"), '{"run": "th');
    (await lockState(state, "ours")).release();
  });

  test("a released state has no record", async () => {
    const lock = await lockState(state, "ours");
    expect(existsSync(join(state, "processes.json"))).toBe(true);
    lock.release();
    expect(existsSync(join(state, "processes.json"))).toBe(false);
  });
});

describe("endSurvivors", () => {
  test("ends the children of the run it is told", async () => {
    const survivor = await sleeper();
    await killed(await holder([survivor]));
    await endSurvivors(state, "theirs");
    expect(isAlive(survivor)).toBe(false);
  });

  test("leaves the children of a run that took over", async () => {
    const theirs = await sleeper();
    await holder([theirs]);
    await endSurvivors(state, "earlier");
    expect(isAlive(theirs)).toBe(true);
  });
});

describe("runningUrl", () => {
  test("is the address on record while its owner lives", async () => {
    const owner = await holder([], "http://127.0.0.1:1");
    expect(runningUrl(state)).toBe("http://127.0.0.1:1");
    await killed(owner);
    expect(readFileSync(join(state, "processes.json"), "utf8")).toContain("http://127.0.0.1:1");
    expect(runningUrl(state)).toBeUndefined();
  });

  test("is undefined where nothing runs, and while it starts", async () => {
    expect(runningUrl(state)).toBeUndefined();
    await holder([]);
    expect(runningUrl(state)).toBeUndefined();
  });
});

describe("untilRunning", () => {
  test("is undefined at once where nothing runs", async () => {
    expect(await untilRunning(state)).toBeUndefined();
  });

  test("waits for the address of what is starting", async () => {
    await holder([]);
    const asked = untilRunning(state);
    const path = join(state, "processes.json");
    const listening = { ...JSON.parse(readFileSync(path, "utf8")), url: "http://127.0.0.1:1" };
    writeFileSync(`${path}.new`, JSON.stringify(listening));
    renameSync(`${path}.new`, path);
    expect(await asked).toBe("http://127.0.0.1:1");
  });

  test("waits no longer when that ends before it listens", async () => {
    const owner = await holder([]);
    const asked = untilRunning(state);
    await killed(owner);
    expect(await asked).toBeUndefined();
  });
});
