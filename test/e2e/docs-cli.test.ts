import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { StartProcesses } from "../support/start-process.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/cli.md"), "utf8");
const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = ""]) => block);

const processes = new StartProcesses();
/** The folder of somebody who has the repository and ran `npm start` in it. */
const folder = mkdtempSync(join(tmpdir(), "depute-docs-"));
let url: string;
beforeAll(async () => {
  const state = join(folder, ".wrangler/state");
  mkdirSync(state, { recursive: true });
  for (const part of ["package.json", "node_modules", "src"]) symlinkSync(join(root, part), join(folder, part));
  url = await processes.start({ state }).ready;
});
afterAll(async () => {
  await processes.clean();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe("docs/cli.md", () => {
  test("its lines work as pasted, one after another", async () => {
    const lines = `set -e\n${blocks.join("\n")}`;
    const env = { ...process.env, DEPUTE_URL: url, XDG_CONFIG_HOME: folder };
    const { stdout, stderr } = await promisify(execFile)("sh", ["-c", lines], { cwd: folder, env });
    expect(stderr).toMatch(/^hello-cli completed · /m);
    expect(stdout).toMatch(/^\{.*"agent":"coder".*\}$/m);
    expect(stdout).toMatch(/^provider +tasks +success +attempts +success$/m);
    const results = readFileSync(join(folder, "results.jsonl"), "utf8").trimEnd().split("\n");
    expect(results.map((line) => (JSON.parse(line) as { status: string }).status)).toEqual(["completed", "completed"]);
  });
});
