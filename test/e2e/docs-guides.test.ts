import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Block, blocksOf } from "../support/markdown-page.ts";
import { unlike } from "../support/shown-answer.ts";
import { keyOf, StartProcesses } from "../support/start-process.ts";

const root = join(import.meta.dirname, "../..");
const guides = join(root, "docs/guides");
const pages = readdirSync(guides).filter((name) => name.endsWith(".md"));
const run = promisify(execFile);

const processes = new StartProcesses();
/** The folder of somebody who has the repository and ran `npm start` in it. */
const folder = mkdtempSync(join(tmpdir(), "depute-guides-"));
const state = join(folder, ".wrangler/state");
let url: string;
beforeAll(async () => {
  mkdirSync(state, { recursive: true });
  for (const part of ["node_modules", "package.json"]) symlinkSync(join(root, part), join(folder, part));
  url = await processes.start({ state }).ready;
});
afterAll(async () => {
  await processes.clean();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** The blocks of a page; its addresses are those of the server here. */
const blocks = (page: string, home = guides): Block[] =>
  blocksOf(join(home, page)).map((block) => ({ ...block, text: block.text.replaceAll("http://127.0.0.1:8787", url) }));
const programOf = (page: string): string =>
  blocks(page)
    .filter(({ language }) => language === "ts")
    .map(({ text }) => text)
    .join("\n");

/** Every call says on a file what it was answered, and leaves its answer in another. */
const CURL = `curl() { command curl -w '%{stderr}%{http_code} %{url_effective}\\n' "$@" 2>> calls | tee answer; }`;

/** Pastes a page's lines into one shell, block by block; the server is there already. What the last call of each block was answered stands in \`answer-LINE\`. */
async function paste(sources: readonly Block[]): Promise<{ refused: string[]; calls: number }> {
  writeFileSync(join(folder, "calls"), "");
  const script = sources
    .filter(({ language, text }) => language === "sh" && text.includes("curl "))
    .map(({ text, line }) => `${text}\nmv answer answer-${line}\n`);
  await run("sh", ["-euc", [CURL, ...script].join("\n")], { cwd: folder });
  const calls = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
  return { refused: calls.filter((call) => !/^2\d\d /.test(call)), calls: calls.length };
}

describe("docs/guides", () => {
  test.each(pages)("%s has lines for a shell and for TypeScript, and shows what comes back", (page) => {
    const languages = blocksOf(join(guides, page)).map(({ language }) => language);
    expect(languages.filter((language) => !["sh", "ts", "json"].includes(language))).toEqual([]);
    expect(new Set(languages)).toEqual(new Set(["sh", "ts", "json"]));
  });

  test.each(pages)("%s: its lines work as pasted, and are answered what it shows", async (page) => {
    const all = blocks(page);
    expect((await paste(all)).refused).toEqual([]);
    for (const [index, { language, text, line }] of all.entries()) {
      if (language !== "json") continue;
      const before = all.slice(0, index).findLast((block) => block.language === "sh");
      const answer = join(folder, `answer-${before?.line}`);
      expect([page, line, existsSync(answer)]).toEqual([page, line, true]);
      expect([page, line, unlike(JSON.parse(text), JSON.parse(readFileSync(answer, "utf8")))]).toEqual([page, line, []]);
    }
  });

  test("the TypeScript of all pages has no type error", async () => {
    for (const page of pages) writeFileSync(join(folder, page.replace(/\.md$/, ".mts")), programOf(page));
    const compilerOptions = { noEmit: true, paths: { "depute/client": [join(root, "src/client/index.ts")] } };
    const project = join(folder, "tsconfig.json");
    writeFileSync(project, JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions, include: ["*.mts"] }));
    const told = await run(join(root, "node_modules/.bin/tsc"), ["-p", project]).catch((error: { stdout: string }) => error);
    expect(told.stdout).toBe("");
  });

  test.each(pages)("%s: its TypeScript runs as it is, and says something", async (page) => {
    const env = { ...process.env, DEPUTE_KEY: keyOf(state) };
    const { stdout, stderr } = await run(process.execPath, ["--input-type=module-typescript", "--eval", programOf(page)], {
      cwd: root,
      env,
    });
    expect(stderr).toBe("");
    expect(stdout).toMatch(/\S/);
  });

  test("the calls of README.md work as pasted", async () => {
    expect(await paste(blocks("README.md", root))).toEqual({ refused: [], calls: 3 });
  });
});
