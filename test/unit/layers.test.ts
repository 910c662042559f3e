import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plantedBreaches } from "./planted-breaches.ts";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

const PLANTS = plantedBreaches();
const checkout = mkdtempSync(join(tmpdir(), "depute-layers-"));
const refusals = new Map<string, string>();

type Report = { diagnostics: { category: string; severity: string; message: string; location: { path: string } }[] };

/** biome.json with each include moved under `case-*`, so that one tree holds every planted file. */
function configuration(): string {
  return readFileSync(join(root, "biome.json"), "utf8").replaceAll(/"(!?)src\//g, '"$1case-*/src/');
}

beforeAll(async () => {
  cpSync(join(root, "scripts/lint"), join(checkout, "scripts/lint"), { recursive: true });
  writeFileSync(join(checkout, "biome.json"), configuration());
  for (const { file, text } of PLANTS) {
    mkdirSync(join(checkout, dirname(file)), { recursive: true });
    writeFileSync(join(checkout, file), text);
  }
  const biome = join(root, "node_modules/.bin/biome");
  const options = ["lint", "--reporter=json", "--max-diagnostics=none", "."];
  const { stdout } = await run(biome, options, { cwd: checkout, maxBuffer: 64e6 }).catch((error: { stdout: string }) => error);
  const report = JSON.parse(stdout) as Report;
  for (const { severity, category, message, location } of report.diagnostics) {
    if (severity === "error") refusals.set(location.path, `${refusals.get(location.path) ?? ""}${category}: ${message}\n`);
  }
});
afterAll(() => rmSync(checkout, { recursive: true }));

describe("biome.json", () => {
  test.each(PLANTS.filter((plant) => plant.refusedBy !== null))("$title", ({ file, refusedBy }) => {
    expect(refusals.get(file)).toContain(refusedBy);
  });

  test.each(PLANTS.filter((plant) => plant.refusedBy === null))("$title", ({ file }) => {
    expect(refusals.get(file)).toBeUndefined();
  });

  test("has a layer rule for every folder of src", () => {
    const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const ruled = readFileSync(join(root, "biome.json"), "utf8");
    const rule = (name: string) => (["client", "cli"].includes(name) ? `["**/src/${name}/**"]` : `"src/${name}/**"`);
    for (const { name } of folders) expect(ruled).toContain(rule(name));
  });
});
