import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { everyProcess, identify, isAlive } from "../../scripts/start/processes.ts";
import { recordedChildren, StartProcesses } from "../support/start-process.ts";

const program = join(import.meta.dirname, "../../scripts/stop.ts");
const processes = new StartProcesses();
afterEach(() => processes.clean());

const stop = (...args: string[]) => promisify(execFile)(process.execPath, [program, ...args]);
const naming = (folder: string) => everyProcess().filter(({ command }) => command.includes(folder));

describe("npm stop", () => {
  test("ends the server of its state with all its processes, as Ctrl-C does, and no other", async () => {
    const [started, bystander] = [processes.start(), processes.start()];
    const [, url] = await Promise.all([started.ready, bystander.ready]);
    const { stdout } = await stop("--state", started.state);
    expect(stdout).toContain(`Ended process ${started.pid}, which ran on ${started.state}`);
    expect(await started.exited).toBe(0);
    await expect.poll(() => naming(started.state)).toEqual([]);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await stop("--state", started.state)).stdout).toBe(`Nothing runs on ${started.state}.\n`);
  });

  test("on a state that nothing ever ran on says so, and makes no such folder", async () => {
    const state = join(processes.state(), "never");
    expect((await stop("--state", state)).stdout).toBe(`Nothing runs on ${state}.\n`);
    expect(existsSync(state)).toBe(false);
  });

  test("a process that was given the number of a server that is gone is let be", async () => {
    const state = processes.state();
    const [run, own] = ["a-run-of-before", identify(process.pid)];
    const owner = { ...own, started: "another time" };
    writeFileSync(join(state, "processes.json"), JSON.stringify({ run, owner, url: "http://127.0.0.1:1", children: [owner] }));
    expect((await stop("--state", state)).stdout).toBe(`Nothing runs on ${state}.\n`);
  });

  test("what a killed server left is ended", async () => {
    const started = processes.start();
    await started.ready;
    const record = readFileSync(join(started.state, "processes.json"));
    const [runtime] = recordedChildren(started.state);
    if (runtime === undefined) throw new Error("No workerd is on record");
    const watchdogs = () => naming(started.state).filter(({ command }) => command.includes("reap.ts"));
    for (const { pid } of watchdogs()) process.kill(pid, "SIGSTOP");
    started.kill("SIGKILL");
    await started.exited;
    for (const { pid } of watchdogs()) process.kill(pid, "SIGKILL");
    writeFileSync(join(started.state, "processes.json"), record);
    expect(isAlive(runtime)).toBe(true);
    expect((await stop("--state", started.state)).stdout).toContain(`Ended process ${runtime.pid}, left by an earlier start`);
    expect(isAlive(runtime)).toBe(false);
  });

  test("an unknown option is refused with the usage", async () => {
    await expect(stop("--all")).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("Usage: npm stop") });
  });
});
