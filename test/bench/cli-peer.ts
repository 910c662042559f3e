import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { atExit } from "./at-exit.ts";
import { deputeSide, ownCpuMs, postedAtOnce } from "./depute-side.ts";
import type { MeasuredServer } from "./measured-server.ts";
import { npmPackages } from "./npm-packages.ts";
import { endedChildrenCpuMs, peakMemoryMib, shareOfMemoryMib } from "./process-use.ts";
import { type Comparison, sideBySide } from "./side-by-side.ts";
import { rounded } from "./statistics.ts";
import { Unavailable } from "./unavailable.ts";
import { arrivalMs, INSTANT, promptOf } from "./vendor-script.ts";

/** Parallel tasks, each a process of the vendor's CLI, next to as many delegations; the vendor answers at once. */
export type CliPeer = {
  tasks: number;
  version: string;
  comparison: Comparison;
  /** MiB: all CLI processes together at their peak (shared memory counted once), the largest of them alone, and workerd. */
  memory: { all: number; largest: number; workerd: number | null };
};

const PACKAGE = "@anthropic-ai/claude-code";
const VERSION = "2.1.330";
/** One run of it, once everything is there. */
const TASK_MS = 120_000;
const SAMPLE_MS = 200;

/** Throws Unavailable when the CLI cannot be had or does not run here. */
export async function compareCli(server: MeasuredServer, tasks: number, rounds: number): Promise<CliPeer> {
  const folder = await npmPackages({ [PACKAGE]: VERSION });
  const home = mkdtempSync(join(tmpdir(), "depute-cli-"));
  const cli = new Cli(join(folder, "node_modules/.bin/claude"), home, server.vendor.url);
  const end = atExit(() => {
    cli.kill();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });
  try {
    await cli.tryOut();
    // The first round reads the program from the disk and is watched for its memory: it is not timed.
    const { all, largest } = await cli.memoryOf(tasks);
    const prompt = promptOf(INSTANT);
    await postedAtOnce(server, prompt, tasks);
    const ours = deputeSide(server, `${tasks} × POST, then ?wait=`, () => postedAtOnce(server, prompt, tasks));
    const theirs = { name: `${tasks} × claude -p`, run: () => cli.runAll(tasks), cpuMs: cliCpuMs };
    const comparison = await sideBySide(ours, theirs, rounds, server.meter.vendorCpuMs);
    const workerd = server.meter.workerdPids().map(peakMemoryMib);
    return { tasks, version: VERSION, comparison, memory: { all, largest, workerd: workerd[0] ?? null } };
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    end.done();
  }
}

const cliCpuMs = (): number | null => {
  const children = endedChildrenCpuMs();
  return children === null ? null : children + ownCpuMs();
};

/** The vendor's CLI with a home of its own, talking to nobody but the bench's vendor. */
class Cli {
  readonly #program: string;
  readonly #folder: string;
  readonly #environment: { [name: string]: string };
  readonly #running = new Set<ChildProcess>();

  constructor(program: string, home: string, vendorUrl: string) {
    this.#program = program;
    this.#folder = join(home, "work");
    mkdirSync(this.#folder);
    chmodSync(home, 0o755);
    this.#environment = {
      PATH: process.env.PATH ?? "",
      HOME: home,
      CLAUDE_CONFIG_DIR: join(home, ".claude"),
      ANTHROPIC_BASE_URL: vendorUrl,
      ANTHROPIC_API_KEY: "bench",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_TELEMETRY: "1",
      DISABLE_ERROR_REPORTING: "1",
      DISABLE_AUTOUPDATER: "1",
    };
  }

  kill(): void {
    for (const child of this.#running) child.kill("SIGKILL");
  }

  async tryOut(): Promise<void> {
    try {
      await this.#answer(this.#spawn());
    } catch (cause) {
      throw new Unavailable(`${PACKAGE} ${VERSION} does not run here`, cause);
    }
  }

  runAll(tasks: number): Promise<unknown> {
    return Promise.all(Array.from({ length: tasks }, () => this.#answer(this.#spawn())));
  }

  /** The peaks of their memory, looked at several times a second. */
  async memoryOf(tasks: number): Promise<{ all: number; largest: number }> {
    const children = Array.from({ length: tasks }, () => this.#spawn());
    let over = false;
    const answers = Promise.all(children.map((child) => this.#answer(child))).finally(() => (over = true));
    const peaks = { all: 0, largest: 0 };
    while (!over) {
      const pids = children.flatMap(({ pid, exitCode }) => (pid === undefined || exitCode !== null ? [] : [pid]));
      const shares = pids.reduce((sum, pid) => sum + (shareOfMemoryMib(pid) ?? 0), 0);
      peaks.all = Math.max(peaks.all, rounded(shares, 0));
      peaks.largest = Math.max(peaks.largest, ...pids.map((pid) => rounded(peakMemoryMib(pid) ?? 0, 0)));
      await sleep(SAMPLE_MS);
    }
    await answers;
    return peaks;
  }

  #spawn(): ChildProcess {
    const args = ["-p", promptOf(INSTANT), "--output-format", "json"];
    const child = spawn(this.#program, args, {
      cwd: this.#folder,
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: TASK_MS,
    });
    this.#running.add(child);
    child.once("close", () => this.#running.delete(child));
    return child;
  }

  /** Throws unless it ended well with the answer of the bench's vendor. */
  async #answer(child: ChildProcess): Promise<void> {
    const { stdout, stderr } = child;
    if (stdout === null || stderr === null) throw new Error("a CLI without output");
    const [said, complained, [code]] = await Promise.all([
      text(stdout),
      text(stderr),
      once(child, "close") as Promise<[number | null]>,
    ]);
    if (code !== 0) throw new Error(`the CLI ended with ${code}: ${complained}${said}`.slice(0, 500));
    arrivalMs((JSON.parse(said) as { result: string }).result);
  }
}
