import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Where the agent's program is, a folder of its own, who answers for its model, and the MCP server that it is given. */
export type AgentRun = {
  program: string;
  home: string;
  modelUrl: string;
  mcp: { url: URL; key: string };
  prompt: string;
  tools: readonly string[];
  /** What it does, a line each. */
  onLine: (line: string) => void;
};

const LONGEST_MS = 180_000;
const SHOWN = 300;
/** What the agent puts before the names of this server's tools. */
const TOOLS = "mcp__depute__";

type Block = { type: string; text?: string; name?: string; input?: unknown; content?: unknown };
type Event = {
  type: string;
  message?: { content: string | Block[] };
  mcp_servers?: { name: string; status: string }[];
  tools?: string[];
  result?: string;
};

/** Runs Claude Code once with `prompt` and the one MCP server; resolves with its last answer. Throws when it fails. */
export async function runAgent({ program, home, modelUrl, mcp, prompt, tools, onLine }: AgentRun): Promise<string> {
  const folder = join(home, "work");
  mkdirSync(folder, { recursive: true });
  const config = join(home, "mcp.json");
  const headers = { Authorization: `Bearer ${mcp.key}` };
  writeFileSync(config, JSON.stringify({ mcpServers: { depute: { type: "http", url: mcp.url.href, headers } } }), {
    mode: 0o600,
  });
  const allowed = tools.map((tool) => `${TOOLS}${tool}`).join(",");
  const format = ["--output-format", "stream-json", "--verbose"];
  const args = ["-p", prompt, ...format, "--mcp-config", config, "--strict-mcp-config", "--allowedTools", allowed];
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    CLAUDE_CONFIG_DIR: join(home, ".claude"),
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_API_KEY: "simulated",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
  };
  const child = spawn(program, args, { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"], timeout: LONGEST_MS });
  const ended = once(child, "close") as Promise<[number | null]>;
  let result = "";
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as Event;
    if (event.type === "result") result = event.result ?? "";
    for (const told of linesOf(event)) onLine(told);
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`The agent ended with ${code}: ${result}`);
  return result;
}

function linesOf({ type, message, mcp_servers = [], tools = [] }: Event): string[] {
  if (type === "system") {
    const named = tools.flatMap((tool) => (tool.startsWith(TOOLS) ? [tool.slice(TOOLS.length)] : []));
    return mcp_servers.map(({ name, status }) => `  MCP server ${name}: ${status}, its tools: ${named.join(", ")}`);
  }
  const content = typeof message?.content === "string" ? [] : (message?.content ?? []);
  return content.flatMap((block) => {
    if (block.type === "text") return [`  model: ${short(block.text ?? "")}`];
    if (block.type === "tool_use") return [`  tool:  ${block.name} ${short(JSON.stringify(block.input))}`];
    return block.type === "tool_result" ? [`  gives: ${short(JSON.stringify(block.content))}`] : [];
  });
}

const short = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
