import { statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { everyProcess, identify, isAlive } from "../../scripts/start/processes.ts";
import { keyOf, recordedChildren, type StartProcess, StartProcesses } from "../support/start-process.ts";

const processes = new StartProcesses();
afterEach(() => processes.clean());

const health = async (url: string) => (await fetch(`${url}/health`)).json();
const PATIENCE = { timeout: 60_000, interval: 20 };
const eventually = (check: () => void) => vi.waitFor(check, PATIENCE);

function runtimeOf(started: StartProcess) {
  const [runtime, ...others] = recordedChildren(started.state);
  if (runtime === undefined || others.length > 0) throw new Error("There is not exactly one workerd on record");
  return runtime;
}

describe("npm start", () => {
  test("a fresh state boots, says that it is ready, and answers /health with the simulated vendors", async () => {
    const started = processes.start();
    const url = await started.ready;
    expect(await health(url)).toMatchObject({ status: "ok" });
    expect(started.output()).toContain("the vendors are SIMULATED");
    expect(started.output()).toContain(`curl -s ${url}/v1/delegations`);
  });

  test("the owner key is made at random, kept, and readable by its owner alone", async () => {
    const first = processes.start();
    await first.ready;
    const key = keyOf(first.state);
    expect(key).toMatch(/^dpt_[\w-]{32}$/);
    expect(statSync(join(first.state, "admin-key")).mode & 0o777).toBe(0o600);
    first.kill("SIGTERM");
    await first.exited;
    await processes.start({ state: first.state }).ready;
    expect(keyOf(first.state)).toBe(key);
  });

  test("no key stands on a command line", async () => {
    const started = processes.start({
      settings: { ANTHROPIC_API_KEY: "sk-not-to-be-seen", DEPUTE_ADMIN_KEY: "dpt_not-to-be-seen-either" },
    });
    await started.ready;
    const commands = [started.pid, runtimeOf(started).pid].map((pid) => identify(pid)?.command);
    expect(commands.join("\n")).not.toContain("not-to-be-seen");
  });

  test("with a vendor key nothing is simulated", async () => {
    const started = processes.start({ settings: { ANTHROPIC_API_KEY: "sk-never-used" } });
    await started.ready;
    expect(started.output()).not.toContain("SIMULATED");
  });

  test("--quiet prints the ready line alone", async () => {
    const started = processes.start({ args: ["--quiet"] });
    const url = await started.ready;
    expect(started.output()).toBe(`depute is ready on ${url}\n`);
  });

  test("a second start on the same state refuses, naming the first", async () => {
    const first = processes.start();
    const url = await first.ready;
    const second = processes.start({ state: first.state });
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain(`in use by process ${first.pid}`);
    expect(await health(url)).toMatchObject({ status: "ok" });
  });

  test("of two starts at once on one state, one gets ready and the other refuses", async () => {
    const state = processes.state();
    const pair = [processes.start({ state }), processes.start({ state })];
    const outcomes = await Promise.all(
      pair.map(({ ready }) =>
        ready.then(
          () => "ready",
          () => "refused",
        ),
      ),
    );
    expect(outcomes.sort()).toEqual(["ready", "refused"]);
  });

  test("a port that is in use is named, and the exit code is 1", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const started = processes.start({ port });
    expect(await started.exited).toBe(1);
    expect(started.output()).toContain(`Port ${port} of 127.0.0.1 is in use`);
    await new Promise((resolve) => taken.close(resolve));
  });

  test("an unknown option prints the usage, and the exit code is 2", async () => {
    const started = processes.start({ args: ["--verbose"] });
    expect(await started.exited).toBe(2);
    expect(started.output()).toContain("Usage: npm start");
  });

  test("a setting that is not valid is named, never shown, and the exit code is 1", async () => {
    const started = processes.start({ settings: { DEPUTE_ADMIN_KEY: "too-short" } });
    expect(await started.exited).toBe(1);
    expect(started.output()).toContain("DEPUTE_ADMIN_KEY");
    expect(started.output()).not.toContain("too-short");
  });

  test.each(["SIGTERM", "SIGINT"] as const)("%s ends every process of it", async (signal) => {
    const started = processes.start();
    await started.ready;
    const runtime = runtimeOf(started);
    started.kill(signal);
    expect(await started.exited).toBe(0);
    expect(isAlive(runtime)).toBe(false);
    await eventually(() => expect(processesNaming(started.state)).toEqual([]));
  });

  test("kill -9 ends workerd without another start, and the state can be started again", async () => {
    const started = processes.start();
    await started.ready;
    const runtime = runtimeOf(started);
    started.kill("SIGKILL");
    await started.exited;
    await eventually(() => expect(isAlive(runtime)).toBe(false));
    const again = processes.start({ state: started.state });
    expect(await health(await again.ready)).toMatchObject({ status: "ok" });
  });

  test("kill -9 of it and of its watchdog leaves a workerd that the next start ends, and no other", async () => {
    const bystander = processes.start();
    const bystanderUrl = await bystander.ready;
    const started = processes.start();
    await started.ready;
    const runtime = runtimeOf(started);
    for (const pid of watchdogsOf(started.state)) process.kill(pid, "SIGSTOP");
    started.kill("SIGKILL");
    await started.exited;
    for (const pid of watchdogsOf(started.state)) process.kill(pid, "SIGKILL");
    expect(isAlive(runtime)).toBe(true);
    const again = processes.start({ state: started.state });
    await again.ready;
    expect(isAlive(runtime)).toBe(false);
    expect(again.output()).toContain(`Ended process ${runtime.pid}, left by an earlier start`);
    expect(await health(bystanderUrl)).toMatchObject({ status: "ok" });
  });

  test("a watchdog that is killed is replaced", async () => {
    const started = processes.start();
    await started.ready;
    const [watchdog] = watchdogsOf(started.state);
    process.kill(watchdog ?? Number.NaN, "SIGKILL");
    await eventually(() => {
      const [next] = watchdogsOf(started.state);
      expect(next).toBeDefined();
      expect(next).not.toBe(watchdog);
    });
  });

  test("a workerd that is killed is started again on the same port", async () => {
    const started = processes.start();
    const url = await started.ready;
    const before = runtimeOf(started);
    process.kill(before.pid, "SIGKILL");
    await eventually(() => expect(runtimeOf(started).pid).not.toBe(before.pid));
    await vi.waitFor(async () => expect(await health(url)).toMatchObject({ status: "ok" }), PATIENCE);
  });
});

/** Every process with the folder in its command line. */
function processesNaming(folder: string): string[] {
  return everyProcess().flatMap(({ command }) => (command.includes(folder) ? [command] : []));
}

function watchdogsOf(state: string): number[] {
  return everyProcess().flatMap(({ pid, command }) => (command.includes("reap.ts") && command.includes(state) ? [pid] : []));
}
