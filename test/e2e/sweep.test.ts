import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalWorker } from "../../scripts/start/local-worker.ts";
import { simulate } from "../../simulator/simulate.ts";
import { callsFor, expectBooksToBalance, openDatabase } from "../support/e2e-books.ts";
import { marker } from "../support/e2e-marker.ts";
import { E2eServer } from "../support/e2e-server.ts";
import { startE2eWorker } from "../support/e2e-worker.ts";

let server: E2eServer;
const workers: LocalWorker[] = [];
beforeAll(async () => {
  server = await E2eServer.start();
});
afterAll(async () => {
  for (const worker of workers) await worker.stop();
  await server[Symbol.asyncDispose]();
});

const OBJECTS = "v3/do/depute-DelegationObject";
/** workerd keeps an object's alarm under this key of its own database, … */
const ALARM_KEY = 1;

/** … and in a list of all alarms of the namespace. Takes every alarm away, as if the platform had lost them. */
function loseAlarms(state: string): void {
  for (const name of readdirSync(join(state, OBJECTS)).filter((file) => file.endsWith(".sqlite"))) {
    using database = new DatabaseSync(join(state, OBJECTS, name));
    if (name === "metadata.sqlite") database.exec("delete from _cf_ALARM");
    else database.prepare("delete from _cf_METADATA where key = ?").run(ALARM_KEY);
  }
}

/** Turns the list's clock forward by ten minutes: what should have moved by now is late. */
function makeLate(state: string): void {
  using database = openDatabase(state);
  database.exec("update delegations set moves_by = moves_by - 600000");
}

async function startWorker(): Promise<LocalWorker> {
  const worker = await startE2eWorker(server);
  workers.push(worker);
  return worker;
}

describe("the cron sweep", () => {
  test("rescues tasks whose alarms are gone: between two attempts, and in the middle of one", async () => {
    const rescued = { text: "rescued" };
    const tasks = [
      { prompt: marker(), plan: [{ status: 429, retry_after: 15 }, rescued] },
      { prompt: marker(), plan: [{ text: "x", headers_ms: 60_000 }, rescued] },
    ];
    const started = await Promise.all(
      tasks.map(({ prompt, plan }) => server.client.delegate({ provider: "claude", prompt: simulate(plan, prompt) })),
    );
    const attemptsListed = async () => (await server.client.list()).map(({ attempt_count }) => attempt_count);
    await expect.poll(attemptsListed).toEqual([1, 1]);
    await server.kill();
    loseAlarms(server.state);
    const worker = await startWorker();
    const calls = () => tasks.map(({ prompt }) => callsFor(server, { prompt }).length);
    await worker.sweep();
    expect(calls()).toEqual([1, 1]);
    makeLate(server.state);
    await worker.sweep();
    const finals = await Promise.all(started.map(({ task_id }) => server.client.final(task_id)));
    expect(finals).toMatchObject([
      { status: "completed", output: "rescued", attempts: [{ status: "failed" }, { status: "completed" }] },
      { status: "completed", output: "rescued", attempts: [{ status: "interrupted" }, { status: "completed" }] },
    ]);
    expect(calls()).toEqual([2, 2]);
    await expectBooksToBalance(server, finals);
  });
});
