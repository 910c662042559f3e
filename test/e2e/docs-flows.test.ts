import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Flow } from "../../src/flows/flow.ts";
import { StartProcesses } from "../support/start-process.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/flows.md"), "utf8");
const lines = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) => block.trim().split("\n"));
const [key = "", ...curls] = lines;

const processes = new StartProcesses();
const folder = mkdtempSync(join(tmpdir(), "depute-docs-"));
let url: string;
beforeAll(async () => {
  const state = join(folder, ".wrangler/state");
  mkdirSync(state, { recursive: true });
  url = await processes.start({ state }).ready;
});
afterAll(async () => {
  await processes.clean();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** What a line prints, typed into a shell in the folder of the state; the server's port is not the page's. */
async function run(line: string): Promise<string> {
  const command = `${key}\n${line.replace("http://127.0.0.1:8787", url)}`;
  return (await promisify(execFile)("sh", ["-c", command], { cwd: folder })).stdout;
}

describe("docs/flows.md", () => {
  test("begins with the key, and every other line is a curl", () => {
    expect(key).toBe("KEY=$(cat .wrangler/state/admin-key)");
    expect(curls.filter((line) => !line.startsWith("curl -s"))).toEqual([]);
  });

  test("its lines work as pasted, one after another, and every flow completes", async () => {
    const patterns: string[] = [];
    for (const line of curls) {
      const printed = await run(line);
      if (line.includes("/events")) expect(printed).toContain("event: flow.completed");
      else expect(JSON.parse(printed)).not.toHaveProperty("code");
      if (!line.includes("?wait=")) continue;
      const flow = JSON.parse(printed) as Flow;
      expect(flow).toMatchObject({ status: "completed", error: null });
      expect(flow.output).not.toBe("");
      patterns.push(flow.pattern);
    }
    expect(new Set(patterns)).toEqual(new Set(["chain", "consensus", "improve", "decompose"]));
  });
});
