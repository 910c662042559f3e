import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { startKeyAddingProxy } from "./key-adding-proxy.ts";

const require = createRequire(import.meta.url);
const TOOL = require.resolve("@modelcontextprotocol/conformance/dist/index.js");
const LINE = /^[✓✗] ([\w-]+): (\d+) passed, (\d+) failed$/gm;

/** How many checks of one scenario passed and failed. */
export type ScenarioResult = { scenario: string; passed: number; failed: number };

/**
 * Runs every scenario that the official conformance tool has for servers against the MCP server at `url`. The tool sends no
 * key: it talks to a proxy that adds `key`. Throws with all it printed when it gives no summary.
 */
export async function runConformance(url: URL, key: string): Promise<ScenarioResult[]> {
  await using proxy = await startKeyAddingProxy(url, key);
  const folder = mkdtempSync(join(tmpdir(), "depute-conformance-"));
  try {
    const args = [TOOL, "server", "--url", proxy.url, "--suite", "all", "--output-dir", folder];
    const child = spawn(process.execPath, args, { env: { ...process.env, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"] });
    const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    const results = [...said.matchAll(LINE)].map(([, scenario = "", passed, failed]) => ({
      scenario,
      passed: Number(passed),
      failed: Number(failed),
    }));
    if (results.length === 0) throw new Error(`The conformance tool gave no summary:\n${said}${complained}`);
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
