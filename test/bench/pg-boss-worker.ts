import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { directCaller } from "./direct-caller.ts";
import { type PgBossTask, QUEUE } from "./pg-boss-task.ts";

/*
 * A Node program that does the same with pg-boss: puts the tasks on a queue in PostgreSQL, calls the vendor for each by the same
 * SDK, and writes every answer to a table. Each line it reads is a prompt to do `tasks` times; it answers `done` when all jobs
 * are completed and all answers are in the table. It ends when the pipe to its standard input closes.
 */

type Job = { id: string; data: { prompt: string } };
/** The part of pg-boss 12 that is used here: it is no dependency of the project, so its types are not at hand. */
type PgBoss = {
  on(event: "error", listener: (error: Error) => void): void;
  start(): Promise<unknown>;
  createQueue(name: string, options: object): Promise<void>;
  work(name: string, options: object, handler: (jobs: Job[]) => Promise<unknown>): Promise<string>;
  insert(name: string, jobs: { data: Job["data"] }[]): Promise<unknown>;
};
type Pool = { query(text: string, values?: unknown[]): Promise<{ rows: { [column: string]: unknown }[] }> };
type Packages = {
  pgBoss: { PgBoss: new (options: object) => PgBoss };
  pg: { default: { Pool: new (options: object) => Pool } };
};

const CONNECTIONS = 20;
const LOOK_MS = 20;
const DONE = `select (select count(*) from results)::int as kept,
  (select count(*) from pgboss.job where name = $1 and state = 'completed')::int as completed`;

const task = JSON.parse(process.argv[2] ?? "") as PgBossTask;
const { pgBoss, pg } = await packages(task.packages);
const pool = new pg.default.Pool({ connectionString: task.database, max: CONNECTIONS });
const direct = directCaller(task.vendor);
await pool.query("create table if not exists results (job_id uuid primary key, output text not null, at timestamptz not null)");
const boss = new pgBoss.PgBoss({ connectionString: task.database, max: CONNECTIONS, useListenNotify: true });
boss.on("error", (error) => console.error(error));
await boss.start();
await boss.createQueue(QUEUE, { notify: true, retryLimit: 2 });
await work();
console.log("ready");
for await (const prompt of createInterface({ input: process.stdin })) console.log(await round(prompt));
process.exit(0);

async function packages(folder: string): Promise<Packages> {
  const load = (file: string): Promise<unknown> => import(pathToFileURL(join(folder, "node_modules", file)).href);
  return {
    pgBoss: (await load("pg-boss/dist/index.js")) as Packages["pgBoss"],
    pg: (await load("pg/lib/index.js")) as Packages["pg"],
  };
}

/** One worker for each task, as its jobs are on their own; or one that fetches them all, calls in parallel and settles each. */
async function work(): Promise<unknown> {
  const backstop = { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 30 };
  if (task.mode === "each") {
    return boss.work(QUEUE, { ...backstop, localConcurrency: task.tasks, batchSize: 1 }, async ([job]) => {
      if (job !== undefined) await perform(job);
    });
  }
  return boss.work(QUEUE, { ...backstop, batchSize: task.tasks, perJobResults: true }, (jobs) =>
    Promise.all(
      jobs.map(async (job) => {
        await perform(job);
        return { id: job.id, status: "completed" };
      }),
    ),
  );
}

async function perform({ id, data }: Job): Promise<void> {
  const output = await direct.call(data.prompt);
  await pool.query("insert into results (job_id, output, at) values ($1, $2, now())", [id, output]);
}

async function round(prompt: string): Promise<string> {
  await pool.query("truncate results");
  await pool.query("delete from pgboss.job where name = $1", [QUEUE]);
  await boss.insert(
    QUEUE,
    Array.from({ length: task.tasks }, () => ({ data: { prompt } })),
  );
  for (;;) {
    const { rows } = await pool.query(DONE, [QUEUE]);
    if (rows[0]?.kept === task.tasks && rows[0]?.completed === task.tasks) return "done";
    await sleep(LOOK_MS);
  }
}
