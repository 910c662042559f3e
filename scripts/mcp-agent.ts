import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npmPackages } from "../test/bench/npm-packages.ts";
import { keyOf, startProcess } from "../test/support/start-process.ts";
import { runAgent } from "./mcp/run-agent.ts";
import { startScriptedModel, type Turn } from "./mcp/scripted-model.ts";

// A real agent, Claude Code from npm, has its work done by another model over /mcp. Usage: npm run mcp:agent

const PACKAGE = "@anthropic-ai/claude-code";
const VERSION = "2.1.330";
const TASK_ID = "asked-by-claude-code";
const DELEGATE = { prompt: "Name one thing to watch out for in a rate limiter.", provider: "gemini", task_id: TASK_ID };

const turns = (lastResult: string): Turn[] => [
  { says: "I will ask another model.", uses: { tool: "mcp__depute__delegate", input: DELEGATE } },
  { says: "It is at work; I wait for it.", uses: { tool: "mcp__depute__wait_for_delegation", input: { task_id: TASK_ID } } },
  { says: `What the other model says: ${outputIn(lastResult)}` },
];

/** What a model would read in the result: the agent gives it the tool's data as JSON. */
function outputIn(result: string): string {
  const [, output = '""'] = /"output":("(?:[^"\\]|\\.)*")/.exec(result) ?? [];
  return JSON.parse(output) as string;
}

const folder = await npmPackages({ [PACKAGE]: VERSION });
const home = mkdtempSync(join(tmpdir(), "depute-agent-"));
const state = join(home, "state");
const server = startProcess({ state });
try {
  await using model = await startScriptedModel(turns);
  const url = await server.ready;
  console.log(`${PACKAGE} ${VERSION}, real, talks to depute at ${url}/mcp.`);
  console.log(
    "SIMULATED: the model behind it (it plays a script), and the vendors behind depute (canned answers, made-up prices).\n",
  );
  const key = keyOf(state);
  const result = await runAgent({
    program: join(folder, "node_modules/.bin/claude"),
    home: join(home, "agent"),
    modelUrl: model.url,
    mcp: { url: new URL("/mcp", url), key },
    prompt: "Ask another model what to watch out for in a rate limiter.",
    tools: ["delegate", "wait_for_delegation"],
    onLine: (line) => console.log(line),
  });
  console.log(`\nThe agent's answer:\n${result}\n`);
  const headers = { authorization: `Bearer ${key}` };
  const told = await (await fetch(`${url}/v1/delegations/${TASK_ID}`, { headers })).json();
  const { status, output, cost, tokens_used } = told as { status: string; output: string; cost: number; tokens_used: number };
  console.log(`depute has it on record: ${TASK_ID} ${status}, ${tokens_used} tokens, $${cost}`);
  if (status !== "completed" || !result.includes(output)) throw new Error("The agent did not get what depute has on record.");
} finally {
  server.kill("SIGTERM");
  await server.exited;
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
