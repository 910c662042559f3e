import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { processesCpuMs } from "./cpu-use.ts";
import { asBatch, deputeSide, ownCpuMs } from "./depute-side.ts";
import type { MeasuredServer } from "./measured-server.ts";
import { npmPackages } from "./npm-packages.ts";
import type { PgBossTask } from "./pg-boss-task.ts";
import { type Postgres, startPostgres } from "./postgres.ts";
import { type Comparison, type Side, sideBySide } from "./side-by-side.ts";
import { Unavailable } from "./unavailable.ts";
import { ONE_SECOND, promptOf } from "./vendor-script.ts";

/** One-second tasks as one batch, next to as many jobs of pg-boss on PostgreSQL, taken one by one and all together. */
export type PgBossPeer = {
  tasks: number;
  versions: string;
  each: PgBossComparison;
  together: PgBossComparison;
};
type PgBossComparison = Comparison & { peakInFlight: number };

const PACKAGES = { "pg-boss": "12.38.0", pg: "8.23.1" };

/** Throws Unavailable when one of the two cannot be had here. */
export async function comparePgBoss(server: MeasuredServer, tasks: number, rounds: number): Promise<PgBossPeer> {
  const packages = await npmPackages(PACKAGES);
  const postgres = await startPostgres();
  try {
    const compare = (mode: PgBossTask["mode"]) =>
      compareMode(server, { packages, database: postgres.url, vendor: server.vendor.url, tasks, mode }, postgres, rounds);
    const each = await compare("each");
    const together = await compare("together");
    return { tasks, versions: `pg-boss ${PACKAGES["pg-boss"]}, ${postgres.version}`, each, together };
  } finally {
    await postgres.stop();
  }
}

async function compareMode(
  server: MeasuredServer,
  task: PgBossTask,
  postgres: Postgres,
  rounds: number,
): Promise<PgBossComparison> {
  const prompt = promptOf(ONE_SECOND);
  const ours = deputeSide(server, "POST /v1/batches", () => asBatch(server, prompt, task.tasks));
  const program = await startProgram(task);
  let peakInFlight = 0;
  const theirs: Side = {
    name: task.mode === "each" ? "pg-boss, a worker for each" : "pg-boss, one fetch of all",
    async run() {
      await server.vendor.forget();
      await program.round(prompt);
      peakInFlight = Math.max(peakInFlight, (await server.vendor.stats()).peakInFlight);
    },
    cpuMs() {
      const [program_, database] = [processesCpuMs([program.pid]), postgres.cpuMs()];
      return program_ === null || database === null ? null : program_ + database + ownCpuMs();
    },
  };
  try {
    // Compiled and connected before it is timed, as the server is.
    await theirs.run();
    return { ...(await sideBySide(ours, theirs, rounds, server.meter.vendorCpuMs)), peakInFlight };
  } finally {
    await program.stop();
  }
}

async function startProgram(
  task: PgBossTask,
): Promise<{ pid: number; round(prompt: string): Promise<void>; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "pg-boss-worker.ts"), JSON.stringify(task)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const expect = async (line: string): Promise<void> => {
    const { value } = await lines.next();
    if (value !== line) throw new Unavailable("pg-boss does not run here", `it said ${value} instead of ${line}`);
  };
  await expect("ready");
  return {
    pid: child.pid ?? Number.NaN,
    async round(prompt) {
      child.stdin.write(`${prompt}\n`);
      await expect("done");
    },
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}
