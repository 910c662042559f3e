import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { StartProcesses } from "../support/start-process.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/client.md"), "utf8");
const blocksOf = (language: string): string[] =>
  [...page.matchAll(/```(\w+)\n([\s\S]*?)```/g)].flatMap(([, own, block = ""]) => (own === language ? [block] : []));
const run = promisify(execFile);

const processes = new StartProcesses();
/** The folder of somebody who has the repository and ran `npm start` in it. */
const folder = mkdtempSync(join(tmpdir(), "depute-docs-"));
const state = join(folder, ".wrangler/state");
let url: string;
beforeAll(async () => {
  mkdirSync(state, { recursive: true });
  for (const part of ["docs", "node_modules"]) symlinkSync(join(root, part), join(folder, part));
  url = await processes.start({ state }).ready;
});
afterAll(async () => {
  await processes.clean();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe("docs/client.md", () => {
  test("has blocks of TypeScript and of sh, and no others", () => {
    expect((page.match(/^```\w/gm) ?? []).length).toBe(blocksOf("ts").length + blocksOf("sh").length);
  });

  test("its TypeScript has no type error", async () => {
    const program = join(folder, "program.mts");
    writeFileSync(program, blocksOf("ts").join("\n"));
    const compilerOptions = {
      noEmit: true,
      paths: { "depute/client": [join(root, "src/client/index.ts")] },
    };
    const project = join(folder, "tsconfig.json");
    writeFileSync(project, JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions, include: [program] }));
    const tsc = run(join(root, "node_modules/.bin/tsc"), ["-p", project]);
    const said = tsc.catch(({ stdout, stderr }: { stdout: string; stderr: string }) => ({
      stdout: `Failed: ${stdout}${stderr}`,
    }));
    expect((await said).stdout).toBe("");
  });

  test("its TypeScript runs as it is from the first block to the last, and prints what it says", async () => {
    const program = blocksOf("ts").join("\n").replace("http://127.0.0.1:8787", url);
    const env = { ...process.env, DEPUTE_KEY: readFileSync(join(state, "admin-key"), "utf8").trim() };
    const { stdout, stderr } = await run(process.execPath, ["--input-type=module-typescript", "--eval", program], {
      cwd: root,
      env,
    });
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^1 thread\.started$/m);
    expect(stdout).toMatch(/^completed coder ./m);
    expect(stdout).toMatch(/^null$/m);
    expect(stdout).toContain("recorded { sprint: 12 }");
    expect(stdout).toMatch(/ dissents: ./);
    expect(stdout).toMatch(/^budget_exceeded 402 ./m);
  });

  test("its example of thirty lines runs as pasted, and says who dissents", async () => {
    const example = readFileSync(join(root, "docs/examples/consensus.ts"), "utf8");
    expect(example.trimEnd().split("\n").length).toBeLessThanOrEqual(30);
    const [line = "", ...others] = blocksOf("sh");
    expect(others).toEqual([]);
    const { stdout } = await run("sh", ["-c", line], { cwd: folder, env: { ...process.env, DEPUTE_URL: url } });
    for (const member of ["claude-opus", "gemini-2.0-flash", "gpt-4-turbo"]) expect(stdout).toContain(`## ${member}\n`);
    expect(stdout).toMatch(/^## Consensus \(agreement 0(\.\d+)?|1\)$/m);
    expect(stdout).toMatch(/^(claude-opus|gemini-2\.0-flash|gpt-4-turbo) dissents: ./m);
  });
});
