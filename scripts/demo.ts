import { randomBytes } from "node:crypto";
import { relative, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Delegation } from "../src/delegations/delegation.ts";
import type { Flow } from "../src/flows/flow.ts";
import type { FlowInput } from "../src/flows/patterns.ts";
import { Api, type CostReport } from "./demo/api.ts";
import { consensusLines, demoConsensus } from "./demo/consensus.ts";
import { parseDemoOptions, USAGE } from "./demo/options.ts";
import { advance } from "./demo/progress.ts";
import { type Screen, screenFor } from "./demo/screen.ts";
import { type Server, useServer } from "./demo/server.ts";
import { dollars, table } from "./demo/table.ts";
import { type DemoTask, demoTasks } from "./demo/tasks.ts";
import { UsageError } from "./start/options.ts";

const STATE = resolve(".wrangler/state");
const BOOKS_MS = 10_000;

async function demo(port: number): Promise<boolean> {
  const server = await useServer({ state: STATE, port });
  console.log(
    server.log === undefined
      ? `depute runs on ${server.url}.`
      : `Started depute on ${server.url}, kept in ${relative("", STATE)}.`,
  );
  const api = new Api(server);
  const simulated = await api.isSimulated();
  const run = randomBytes(3).toString("hex");
  const configured = await api.configuredProviders();
  const tasks = demoTasks(configured, simulated, run);
  introduce(tasks, simulated);
  const since = new Date().toISOString();
  const results = await runAll(api, tasks);
  showResults(tasks, results);
  const question = demoConsensus(configured, simulated, run);
  const flow = question && (await runConsensus(api, question));
  const steps = await Promise.all((flow?.steps ?? []).map(({ task_id }) => api.delegation(task_id)));
  showCosts(await completeCosts(api, since, [...results, ...steps]));
  server.keep();
  showWhereToLook(server, `demo-${run}-tests`, flow?.flow_id);
  return [...results, ...(flow === undefined ? [] : [flow])].every(({ status }) => status === "completed");
}

function introduce(tasks: DemoTask[], simulated: boolean): void {
  console.log(
    simulated
      ? "The vendors are SIMULATED: answers are canned, tokens and costs are made up. With vendor keys set they are real."
      : "The vendors are real: this spends a few cents of your accounts.",
  );
  const refused = tasks.find(({ failsFirst }) => failsFirst);
  if (refused !== undefined) {
    const { name, input } = refused;
    console.log(`The simulated vendor is told to refuse "${name}" on ${input.provider} (503), so that its fallback takes over.`);
  }
  console.log("\nDelegating four tasks at once:\n");
}

async function runAll(api: Api, tasks: DemoTask[]): Promise<Delegation[]> {
  const waiting = tasks.map(({ name }) => ({ name, state: "accepted", characters: 0 }));
  const screen = screenFor(process.stdout, waiting);
  return Promise.all(tasks.map((task) => runOne(api, task, screen)));
}

async function runOne(api: Api, { name, input }: DemoTask, screen: Screen): Promise<Delegation> {
  await api.delegate(input);
  let progress = { name, state: "accepted", characters: 0 };
  for await (const event of api.events(input.task_id)) {
    const { next, news } = advance(progress, event);
    progress = next;
    screen.show(progress, news);
  }
  return api.delegation(input.task_id);
}

/** One flow behind the tasks: its steps as they start and end, and what they add up to. */
async function runConsensus(api: Api, question: FlowInput): Promise<Flow> {
  const { flow_id } = await api.startFlow(question);
  console.log("\nAsking a panel one question, and a judge what its answers add up to:\n");
  for await (const event of api.flowEvents(flow_id)) {
    if (event.type === "step.started") console.log(`  ${event.step.padEnd(10)}is asked`);
    if (event.type === "step.completed")
      console.log(`  ${event.step.padEnd(10)}${event.delegation.status} by ${event.delegation.model}`);
  }
  const flow = await api.flow(flow_id);
  console.log(["", ...consensusLines(flow)].join("\n"));
  return flow;
}

function showResults(tasks: DemoTask[], results: Delegation[]): void {
  const rows = results.map((result, index) => [
    tasks[index]?.name ?? "",
    result.attempts.map(({ provider, status }) => (status === "completed" ? provider : `${provider} ✗`)).join(" → "),
    result.model ?? "",
    result.status,
    String(result.tokens_used),
    dollars(result.cost),
    firstWords(result.output ?? result.error?.message ?? ""),
  ]);
  const heads = ["task", "ran on", "model", "status", "tokens", "cost", "output"];
  console.log(["", ...table(heads, rows, ["tokens", "cost"])].join("\n"));
}

function firstWords(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > 48 ? `${line.slice(0, 47)}…` : line;
}

/** The report is written from the tasks' outboxes: it is complete a moment after the last task ended. */
async function completeCosts(api: Api, since: string, results: Delegation[]): Promise<CostReport> {
  const attempts = results.reduce((sum, { attempts: ended }) => sum + ended.length, 0);
  const tokens = results.reduce((sum, { tokens_used }) => sum + tokens_used, 0);
  for (const giveUpAt = Date.now() + BOOKS_MS; ; await sleep(100)) {
    const report = await api.costs(since);
    if ((report.total.count >= attempts && report.total.tokens >= tokens) || Date.now() > giveUpAt) return report;
  }
}

function showCosts({ data, total }: CostReport): void {
  const named = [...data, { ...total, model: "total" }];
  const rows = named.map(({ model, count, tokens, total_cost }) => [
    model === null || model === "" ? "(not named)" : model,
    String(count),
    String(tokens),
    dollars(total_cost),
  ]);
  console.log(["", ...table(["spent on", "attempts", "tokens", "cost"], rows, ["attempts", "tokens", "cost"])].join("\n"));
}

function showWhereToLook({ url, keyFile, keyWord, log }: Server, taskId: string, flowId: string | undefined): void {
  const get = (path: string) => `  curl -s -H "Authorization: Bearer $KEY" '${url}${path}'`;
  const goesOn =
    log === undefined ? "It ran before, and goes on" : `It goes on in the background, and prints to ${relative("", log)}`;
  console.log(`
The dashboard has all of it, live: ${url}/
Sign in with the owner key: it is in ${keyFile === undefined ? "DEPUTE_ADMIN_KEY" : keyFile}
${goesOn}. To end it:  npm stop

The same from a shell:

  KEY=${keyWord}
${get(`/v1/delegations/${taskId}`)}
${get(`/v1/delegations/${taskId}/events`)}${flowId === undefined ? "" : `\n${get(`/v1/flows/${flowId}`)}`}
${get("/v1/costs?group_by=provider")}`);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));
try {
  const options = parseDemoOptions(process.argv.slice(2));
  if (options === "help") console.log(USAGE);
  else process.exitCode = (await demo(options.port)) ? 0 : 1;
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(error instanceof UsageError ? `${message}\n\n${USAGE}` : message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
