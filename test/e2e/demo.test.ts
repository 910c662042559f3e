import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { everyProcess } from "../../scripts/start/processes.ts";
import { SETTING_NAMES } from "../../scripts/start/settings.ts";
import { StartProcesses } from "../support/start-process.ts";

const program = join(import.meta.dirname, "../../scripts/demo.ts");
const environment = { ...process.env, ...Object.fromEntries(SETTING_NAMES.map((name) => [name, ""])) };
const processes = new StartProcesses();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "depute-demo-"));
});
afterEach(async () => {
  await processes.clean();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const runDemo = () => promisify(execFile)(process.execPath, [program], { cwd: folder, env: environment });
const ours = () => everyProcess().filter(({ command }) => command.includes(folder));

describe("npm run demo", () => {
  test("four tasks end completed, one of them on its fallback, and nothing of it runs on", async () => {
    const { stdout } = await runDemo();
    expect(stdout).toContain("The vendors are SIMULATED");
    expect(stdout).toMatch(/tests +attempt 1 failed: provider_overloaded/);
    expect(stdout).toMatch(/tests +codex ✗ → claude +\S+ +completed +\d+ +\$\d/);
    for (const task of ["design", "review", "docs"]) expect(stdout).toMatch(new RegExp(`${task} +\\w+ +\\S+ +completed`));
    expect(stdout).toMatch(/judge +completed by \S+/);
    expect(stdout).toMatch(/A token bucket: .*\n +agreement 0\.7\n[\s\S]*codex +Bursts at the edge/);
    expect(stdout).toMatch(/total +9 +\d+ +\$0\.\d+/);
    expect(stdout).toContain("KEY=$(cat .wrangler/state/admin-key)");
    expect(existsSync(join(folder, ".wrangler/state/admin-key"))).toBe(true);
    expect(ours()).toEqual([]);
  });

  test("a server that runs on the state is used and left running", async () => {
    const state = join(folder, ".wrangler/state");
    mkdirSync(state, { recursive: true });
    const url = await processes.start({ state }).ready;
    const { stdout } = await runDemo();
    expect(stdout).toContain(`depute runs on ${url}.`);
    expect(stdout).toContain(`'${url}/v1/delegations/demo-`);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  test("ended by a signal it takes along what it started", async () => {
    const demo = spawn(process.execPath, [program], { cwd: folder, env: environment, stdio: ["ignore", "pipe", "inherit"] });
    await once(demo.stdout, "data");
    expect(ours()).not.toEqual([]);
    demo.kill("SIGTERM");
    await once(demo, "exit");
    await expect.poll(ours, { timeout: 5_000 }).toEqual([]);
  });
});
