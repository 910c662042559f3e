import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { everyProcess, withEnvironment } from "../../scripts/start/processes.ts";
import { SETTING_NAMES } from "../../scripts/start/settings.ts";
import { stopServer } from "../../scripts/start/stop-server.ts";
import { keyOf, StartProcesses } from "../support/start-process.ts";

const root = join(import.meta.dirname, "../..");
const program = join(root, "scripts/demo.ts");
const environment = { ...process.env, ...Object.fromEntries(SETTING_NAMES.map((name) => [name, ""])) };
const processes = new StartProcesses();
let folder: string;
let state: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "depute-demo-"));
  state = join(folder, ".wrangler/state");
});
afterEach(async () => {
  await stopServer(state);
  await processes.clean();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const run = promisify(execFile);
const runDemo = (port = 0) => run(process.execPath, [program, "--port", String(port)], { cwd: folder, env: environment });
const ours = () => everyProcess().filter(({ command }) => command.includes(folder));
const dashboardOf = (stdout: string) => /^The dashboard has all of it, live: (\S+)\/$/m.exec(stdout)?.[1] ?? "";

describe("npm run demo", () => {
  test("four tasks end completed, one of them on its fallback", async () => {
    const { stdout } = await runDemo();
    expect(stdout).toContain("The vendors are SIMULATED");
    expect(stdout).toMatch(/tests +attempt 1 failed: provider_overloaded/);
    expect(stdout).toMatch(/tests +codex ✗ → claude +\S+ +completed +\d+ +\$\d/);
    for (const task of ["design", "review", "docs"]) expect(stdout).toMatch(new RegExp(`${task} +\\w+ +\\S+ +completed`));
    expect(stdout).toMatch(/judge +completed by \S+/);
    expect(stdout).toMatch(/A token bucket: .*\n +agreement 0\.7\n[\s\S]*codex +Bursts at the edge/);
    expect(stdout).toMatch(/total +9 +\d+ +\$0\.\d+/);
    expect(stdout).toContain("KEY=$(cat .wrangler/state/admin-key)");
    expect(existsSync(join(state, "admin-key"))).toBe(true);
  });

  test("the server it started goes on without it, has all that ran, and ends with npm stop", async () => {
    const { stdout } = await runDemo();
    const url = dashboardOf(stdout);
    expect(stdout).toContain("Sign in with the owner key: it is in .wrangler/state/admin-key\n");
    expect(stdout).toContain("It goes on in the background, and prints to .wrangler/state/server.log. To end it:  npm stop");
    const answer = await fetch(`${url}/v1/delegations`, { headers: { authorization: `Bearer ${keyOf(state)}` } });
    expect(((await answer.json()) as { data: unknown[] }).data).toHaveLength(8);
    expect(statSync(join(state, "server.log")).mode & 0o777).toBe(0o600);
    expect(statSync(state).mode & 0o777).toBe(0o700);
    const stopped = await run(process.execPath, [join(root, "scripts/stop.ts")], { cwd: folder });
    expect(stopped.stdout).toMatch(/^Ended process \d+, which ran on \.wrangler\/state\./);
    await expect.poll(ours).toEqual([]);
  });

  test("run through npm, its server does not end with npm: it does not even know it", async () => {
    const { stdout } = await run(process.execPath, [program, "--port", "0"], {
      cwd: folder,
      env: { ...environment, npm_lifecycle_event: "demo", npm_command: folder },
    });
    expect(withEnvironment("npm_command", folder)).toEqual([]);
    expect((await fetch(`${dashboardOf(stdout)}/health`)).status).toBe(200);
  });

  test("a server that runs on the state is used and left running", async () => {
    mkdirSync(state, { recursive: true });
    const url = await processes.start({ state }).ready;
    const { stdout } = await runDemo();
    expect(stdout).toContain(`depute runs on ${url}.`);
    expect(dashboardOf(stdout)).toBe(url);
    expect(stdout).toContain(`'${url}/v1/delegations/demo-`);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  test("two at once run on one server, and one begun while it starts waits for it", async () => {
    const [one, other] = await Promise.all([runDemo(), runDemo()]);
    expect(dashboardOf(one.stdout)).not.toBe("");
    expect(dashboardOf(other.stdout)).toBe(dashboardOf(one.stdout));
    expect((await fetch(`${dashboardOf(one.stdout)}/health`)).status).toBe(200);
  });

  test("a port that another program has is named, and nothing runs on", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await expect(runDemo(port)).rejects.toMatchObject({
      code: 1,
      stderr: `Port ${port} of 127.0.0.1 is in use; choose another one with --port\n`,
    });
    taken.close();
    await expect.poll(ours).toEqual([]);
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("ended by %s it takes along what it started", async (signal) => {
    const demo = spawn(process.execPath, [program, "--port", "0"], {
      cwd: folder,
      env: environment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(demo.stdout, "data");
    expect(ours()).not.toEqual([]);
    demo.kill(signal);
    await once(demo, "exit");
    await expect.poll(ours).toEqual([]);
  });

  test("an option it does not know is refused with the usage", async () => {
    await expect(run(process.execPath, [program, "--prot", "1"])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Usage: npm run demo"),
    });
  });
});
