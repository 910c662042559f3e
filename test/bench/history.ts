import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../support/e2e-books.ts";
import { keyOf, startProcess } from "../support/start-process.ts";
import { atExit } from "./at-exit.ts";
import { DAYS, fillHistory, wordAt } from "./history-rows.ts";
import { section } from "./report-section.ts";
import { median, percentile, rounded } from "./statistics.ts";
import { textTable } from "./text-table.ts";
import { nowMs } from "./vendor-script.ts";

/** One request over the history, in milliseconds; `required`: it counts for the figure that is required. */
type HistoryRequest = { name: string; required: boolean; p50: number; p95: number };
export type History = { rows: number; fillSeconds: number; requests: HistoryRequest[] };

const FEW_ROUNDS = 5;

/** Paths that are asked for, and whether they have to answer in time. Those that must read every delegation do not. */
function questions(rows: number, now: number): [name: string, path: string, required: boolean][] {
  const ago = (days: number) => new Date(now - days * 86_400_000).toISOString();
  const list = (query: string) => `/v1/delegations?${query}`;
  const costs = (query: string) => `/v1/costs?${query}`;
  return [
    ["list, newest", list(""), true],
    ["list, 200 from the middle on", list(`limit=200&created_before=${ago(DAYS / 2)}`), true],
    ["list, dearest", list("sort=-cost"), true],
    ["list, cheapest", list("sort=cost"), true],
    ["list, ended last", list("sort=-completed_at"), true],
    ["status", list("status=failed"), true],
    ["agent that is none", list("agent=nobody"), true],
    ["provider and task type", list("provider=gemini&task_type=TESTING"), true],
    ["provider that is none", list("provider=copilot"), true],
    ["model that is none", list("model=nothing"), true],
    ["cost that is none", list("min_cost=1000"), true],
    ["batch", list(`batch_id=batch-${Math.floor(rows / 200)}`), true],
    ["property of a third", list("property.team=red"), true],
    ["property of one", list(`property.ticket=${Math.floor(rows / 2)}`), true],
    ["property of none", list("property.team=none"), true],
    ["dearest of an agent in 30 days", list(`agent=coder&sort=-cost&created_after=${ago(30)}`), true],
    ["word in most", list(`q=${wordAt(0)}`), true],
    ["word in few", list(`q=${wordAt(19_990)}`), true],
    ["word in none", list("q=absent"), true],
    ["two words and an agent", list(`q=${wordAt(1)}+${wordAt(50)}&agent=tester`), true],
    ["words, oldest first", list(`q=${wordAt(3)}&sort=created_at`), true],
    ["costs, all time", costs(""), true],
    ["costs by model, all time", costs("group_by=model"), true],
    ["costs by agent and day, all time", costs("group_by=agent,day"), true],
    ["costs by key, 30 days", costs(`group_by=key&created_after=${ago(30)}`), true],
    ["costs by provider of an agent", costs("group_by=provider&agent=coder"), true],
    ["costs of a batch", costs(`batch_id=batch-${Math.floor(rows / 200)}`), true],
    ["costs by batch, 30 days", costs(`group_by=batch&created_after=${ago(30)}`), true],
    ["costs by batch, all time", costs("group_by=batch"), true],
    ["costs of a property of a third", costs("property.team=red"), true],
    [
      "costs of a property of a third by model, 30 days",
      costs(`property.team=red&group_by=model&created_after=${ago(30)}`),
      true,
    ],
    ["costs of a property of one", costs(`property.ticket=${Math.floor(rows / 2)}`), true],
    ["costs by batch and agent, 30 days", costs(`group_by=batch,agent&created_after=${ago(30)}`), false],
    ["costs by batch and agent, all time", costs("group_by=batch,agent"), false],
    ["costs of a property by batch, 30 days", costs(`property.team=red&group_by=batch&created_after=${ago(30)}`), false],
  ];
}

/** Fills a workspace with `rows` delegations and asks each question `rounds` times (the slow ones less often), in turns, over HTTP. */
export async function measureHistory(rows: number, rounds: number): Promise<History> {
  const state = mkdtempSync(join(tmpdir(), "depute-bench-"));
  const start = () => startProcess({ state, args: ["--no-simulator", "--quiet"] });
  let server = start();
  atExit(() => {
    server.kill("SIGTERM");
    rmSync(state, { recursive: true, force: true, maxRetries: 5 });
  });
  await server.ready;
  server.kill("SIGTERM");
  await server.exited;
  const now = Date.now();
  const begun = nowMs();
  const sqlite = openDatabase(state);
  sqlite.exec("pragma synchronous = off");
  await fillHistory(sqlite, rows, now);
  sqlite.close();
  const fillSeconds = rounded((nowMs() - begun) / 1_000);
  server = start();
  const url = await server.ready;
  const headers = { authorization: `Bearer ${keyOf(state)}` };
  const asked = questions(rows, now).map(([name, path, required]) => ({ name, path, required, times: [] as number[] }));
  const ask = async (path: string) => {
    const sent = nowMs();
    const response = await fetch(`${url}${path}`, { headers });
    const body = await response.text();
    if (response.status !== 200) throw new Error(`GET ${path} answered ${response.status}: ${body}`);
    return nowMs() - sent;
  };
  // Those that read every delegation come afterwards: they leave nothing of the others in the database's memory.
  for (const required of [true, false]) {
    const some = asked.filter((each) => each.required === required);
    for (let round = -1; round < (required ? rounds : FEW_ROUNDS); round += 1) {
      for (const { path, times } of some) {
        const ms = await ask(path);
        // The first round reads the file.
        if (round >= 0) times.push(ms);
      }
    }
  }
  server.kill("SIGTERM");
  await server.exited;
  const requests = asked.map(({ name, required, times }) => ({
    name,
    required,
    p50: median(times),
    p95: percentile(times, 0.95),
  }));
  return { rows, fillSeconds, requests };
}

/** The slowest of those that have to answer in time. */
export const slowest = ({ requests }: History): number =>
  Math.max(...requests.filter(({ required }) => required).map(({ p95 }) => p95));

export function historySection({ rows, fillSeconds, requests }: History): string {
  const table = textTable(
    ["", "p50", "p95", ""],
    requests.map(({ name, required, p50, p95 }) => [name, p50, p95, required ? "" : "reads every delegation of the span"]),
  );
  const title = `History: ${rows.toLocaleString("en-US")} delegations of ${DAYS} days in one workspace, over HTTP, ms`;
  return section(title, `${table}\n\nFilled, indexed and summed up in ${fillSeconds} s.`);
}
