import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

/** One rule: what files of a folder may not import, and what they may. `home` is the file that imports. */
type Rule = { home: string; refused: string[]; allowed: string[] };

const platform = ["cloudflare:workers", "hono", "hono/streaming", "drizzle-orm", "drizzle-orm/d1"];
const vendors = ["@anthropic-ai/sdk", "openai", "openai/resources", "@google/genai"];
const outside = ["../../test/support/x.ts", "../../simulator/simulator.ts", "../../scripts/start.ts"];
const upward = [
  "../http/app.ts",
  "../queue/consumer.ts",
  "../batches/batch.ts",
  "../delegations/delegate.ts",
  "../delegations/delegation-object.ts",
];

const RULES: Rule[] = [
  {
    home: "src/entry/x.ts",
    refused: [...platform, ...vendors, ...outside],
    allowed: ["zod", "../errors.ts"],
  },
  {
    home: "src/index.ts",
    refused: [
      "hono",
      "drizzle-orm",
      "openai",
      "./models/prices.ts",
      "./db/rows.ts",
      "./providers/claude.ts",
      "./providers/index.ts",
      "./batches/batch.ts",
    ],
    allowed: [
      "cloudflare:workers",
      "./http/app.ts",
      "./queue/consumer.ts",
      "./delegations/delegation-object.ts",
      "./batches/batch-object.ts",
      "./config.ts",
    ],
  },
  {
    home: "src/lib/x.ts",
    refused: [...platform, ...vendors, ...outside, ...upward, "../config.ts", "../db/rows.ts", "../models/prices.ts"],
    allowed: ["../errors.ts", "./y.ts"],
  },
  {
    home: "src/config.ts",
    refused: ["cloudflare:workers", "hono", "./db/rows.ts", "./providers/provider.ts", "./http/app.ts"],
    allowed: ["zod", "./errors.ts", "./lib/json.ts"],
  },
  {
    home: "src/outbox/x.ts",
    refused: [...platform, ...vendors, ...outside, ...upward, "../db/rows.ts", "../models/prices.ts", "../providers/index.ts"],
    allowed: ["../errors.ts", "../lib/backoff.ts"],
  },
  {
    home: "src/models/x.ts",
    refused: [...platform, ...vendors, ...outside, ...upward, "../providers/claude.ts", "../db/rows.ts"],
    allowed: ["../errors.ts", "../lib/json.ts", "./catalogue.ts"],
  },
  {
    home: "src/budgets/x.ts",
    refused: [...platform, ...vendors, ...outside, ...upward, "../providers/claude.ts", "../models/prices.ts", "../db/rows.ts"],
    allowed: ["../errors.ts", "../lib/json.ts"],
  },
  {
    home: "src/db/x.ts",
    refused: ["cloudflare:workers", "hono", ...vendors, ...outside, ...upward, "../providers/index.ts", "../models/prices.ts"],
    allowed: ["drizzle-orm", "drizzle-orm/d1", "../errors.ts", "../lib/json.ts"],
  },
  {
    home: "src/providers/copilot.ts",
    refused: [...platform, ...vendors, ...outside, ...upward, "../db/rows.ts", "../models/prices.ts"],
    allowed: ["./provider.ts", "../errors.ts", "../lib/json.ts"],
  },
  {
    home: "src/providers/claude.ts",
    refused: [...platform, ...outside, ...upward, "openai", "@google/genai", "../models/prices.ts"],
    allowed: ["@anthropic-ai/sdk", "./provider.ts"],
  },
  {
    home: "src/providers/gemini-stream.ts",
    refused: [...platform, ...upward, "openai", "@anthropic-ai/sdk"],
    allowed: ["@google/genai", "./provider.ts"],
  },
  {
    home: "src/providers/codex.ts",
    refused: [...platform, ...upward, "@google/genai", "@anthropic-ai/sdk"],
    allowed: ["openai", "openai/resources", "./provider.ts"],
  },
  {
    home: "src/providers/compatible.ts",
    refused: [...platform, ...upward, "@google/genai", "@anthropic-ai/sdk"],
    allowed: ["openai", "./openai-errors.ts"],
  },
  {
    home: "src/providers/openai-errors.ts",
    refused: [...platform, ...upward, "@google/genai", "@anthropic-ai/sdk"],
    allowed: ["openai", "./provider.ts"],
  },
  {
    home: "src/delegations/x.ts",
    refused: [
      ...platform,
      ...vendors,
      ...outside,
      "../http/app.ts",
      "../queue/consumer.ts",
      "../batches/batch.ts",
      "../providers/claude.ts",
      "./y-object.ts",
    ],
    allowed: [
      "../providers/index.ts",
      "../providers/provider.ts",
      "../providers/capabilities.ts",
      "../outbox/outbox.ts",
      "../db/rows.ts",
      "../models/prices.ts",
      "../config.ts",
    ],
  },
  {
    home: "src/delegations/delegation-object.ts",
    refused: [
      "hono",
      "drizzle-orm",
      ...vendors,
      ...outside,
      "../http/app.ts",
      "../queue/consumer.ts",
      "../batches/batch.ts",
      "../providers/claude.ts",
    ],
    allowed: ["cloudflare:workers", "../providers/index.ts", "../outbox/outbox.ts", "./delegation.ts"],
  },
  {
    home: "src/batches/x.ts",
    refused: [
      ...platform,
      ...vendors,
      ...outside,
      "../http/app.ts",
      "../queue/consumer.ts",
      "../providers/index.ts",
      "../models/prices.ts",
      "../budgets/bound.ts",
      "./y-object.ts",
    ],
    allowed: ["../delegations/admission.ts", "../outbox/outbox.ts", "../db/rows.ts", "../config.ts", "../lib/json.ts"],
  },
  {
    home: "src/batches/batch-object.ts",
    refused: [
      "hono",
      "drizzle-orm",
      ...vendors,
      ...outside,
      "../http/app.ts",
      "../queue/consumer.ts",
      "../providers/index.ts",
      "../delegations/delegation-object.ts",
    ],
    allowed: ["cloudflare:workers", "../delegations/delegation-rpc.ts", "../outbox/outbox.ts", "../db/rows.ts", "./batch.ts"],
  },
  {
    home: "src/http/x.ts",
    refused: [
      "cloudflare:workers",
      "drizzle-orm",
      ...vendors,
      ...outside,
      "../delegations/delegation-object.ts",
      "../batches/batch-object.ts",
      "../providers/claude.ts",
      "../outbox/outbox.ts",
    ],
    allowed: [
      "../batches/batch-rpc.ts",
      "hono",
      "@hono/zod-openapi",
      "../delegations/delegate.ts",
      "../providers/index.ts",
      "../providers/provider.ts",
      "../models/catalogue.ts",
      "../db/rows.ts",
      "../config.ts",
    ],
  },
  {
    home: "src/queue/x.ts",
    refused: [
      ...platform,
      ...vendors,
      ...outside,
      "../delegations/delegation-object.ts",
      "../batches/batch-object.ts",
      "../http/app.ts",
      "../providers/claude.ts",
    ],
    allowed: ["../batches/start-message.ts", "../delegations/delegate.ts", "../db/rows.ts", "../config.ts"],
  },
];

/** Folders that may take only types from these modules. */
const TYPES_ONLY: { folder: string; module: string }[] = [
  ...["outbox", "models", "budgets", "db"].map((folder) => ({ folder, module: "../providers/provider.ts" })),
  ...["outbox", "models", "budgets", "db", "providers"].map((folder) => ({ folder, module: "../config.ts" })),
  ...["outbox", "db"].map((folder) => ({ folder, module: "../delegations/delegation.ts" })),
];

/** `refusedBy` is the rule that must fire; null: the file is in order. */
type Plant = { file: string; text: string; refusedBy: string | null; title: string };

const LAYER = "noRestrictedImports";

/** Every case is a file of its own, so that one run of the linter answers for all; the folder's own name is kept. */
function plants(): Plant[] {
  const found: Plant[] = [];
  const plant = (home: string, text: string, refusedBy: string | null, title: string) => {
    const tree = `case-${found.length}`;
    found.push({ file: `${tree}/${home}`, text, refusedBy, title });
  };
  for (const { home, refused, allowed } of RULES) {
    for (const name of refused)
      plant(home, `import { a } from "${name}";\nexport const b = a;\n`, LAYER, `${home} refuses ${name}`);
    for (const name of allowed)
      plant(home, `import { a } from "${name}";\nexport const b = a;\n`, null, `${home} may import ${name}`);
  }
  for (const { folder, module } of TYPES_ONLY) {
    const home = `src/${folder}/x.ts`;
    plant(
      home,
      `import type { A } from "${module}";\nexport type { B } from "${module}";\nexport type C = A;\n`,
      null,
      `${home} may import types of ${module}`,
    );
    plant(home, `import { a } from "${module}";\nexport const b = a;\n`, "plugin", `${home} refuses values of ${module}`);
    plant(
      home,
      `import { type A, a } from "${module}";\nexport const b: A = a;\n`,
      "plugin",
      `${home} refuses values beside types of ${module}`,
    );
    plant(home, `export { a } from "${module}";\n`, "plugin", `${home} refuses to pass on values of ${module}`);
    plant(home, `export * from "${module}";\n`, "plugin", `${home} refuses to pass on all of ${module}`);
    plant(home, `export const b = await import("${module}");\n`, "plugin", `${home} refuses a dynamic import of ${module}`);
  }
  const client = "src/client/x.ts";
  const value = (name: string) => `import { a } from "${name}";\nexport const b = a;\n`;
  const type = (name: string) => `import type { A } from "${name}";\nexport type B = A;\n`;
  const own = "./y.ts";
  const ours = "../delegations/delegation.ts";
  plant(client, value(own), null, `${client} may import ${own}`);
  plant(client, type(ours), null, `${client} may import types of ${ours}`);
  plant(client, `export { a } from "${own}";\nexport type { B } from "${ours}";\n`, null, `${client} may pass those on`);
  for (const name of [ours, "../errors.ts", "zod", "node:fs"]) {
    plant(client, value(name), "plugin", `${client} refuses values of ${name}`);
    plant(client, `export { a } from "${name}";\n`, "plugin", `${client} refuses to pass on values of ${name}`);
    plant(client, `export * from "${name}";\n`, "plugin", `${client} refuses to pass on all of ${name}`);
    plant(client, `export const b = await import("${name}");\n`, "plugin", `${client} refuses a dynamic import of ${name}`);
  }
  plant(
    client,
    `import { type A, a } from "${ours}";\nexport const b: A = a;\n`,
    "plugin",
    `${client} refuses values beside types`,
  );
  plant(client, type("zod"), "plugin", `${client} refuses types of packages`);
  const http = "src/http/x.ts";
  plant(http, 'export { a } from "drizzle-orm";\n', LAYER, "a re-export is an import");
  plant(http, 'export * from "drizzle-orm";\n', LAYER, "a star re-export is an import");
  plant(http, 'export const b = await import("drizzle-orm");\n', LAYER, "a dynamic import is an import");
  plant(http, 'import "drizzle-orm";\n', LAYER, "a bare import is an import");
  plant(
    http,
    'import type { A } from "drizzle-orm";\nexport type B = A;\n',
    LAYER,
    "a type import of a foreign package is an import",
  );
  plant("src/lib/x.ts", "export const b = (a: any) => a;\n", "noExplicitAny", "any is refused");
  plant(
    "src/lib/x.ts",
    "export const b = (a: { c?: string }) => a.c!.length;\n",
    "noNonNullAssertion",
    "a non-null assertion is refused",
  );
  plant("src/lib/x.ts", 'console.log("x");\n', "noConsole", "console is refused in src");
  plant("src/lib/x.ts", "export default 1;\n", "noDefaultExport", "a default export is refused in src");
  plant(
    "src/lib/x.ts",
    'import { A } from "./y.ts";\nexport const b = (a: A) => a;\n',
    "useImportType",
    "a type imported as a value is refused",
  );
  plant("src/index.ts", "export default {};\n", null, "the entry has a default export");
  plant(
    "src/lib/cycle-a.ts",
    'import { b } from "./cycle-b.ts";\nexport const a = () => b;\n',
    "noImportCycles",
    "an import cycle is refused",
  );
  const cycle = found.at(-1)?.file.replace("cycle-a", "cycle-b") ?? "";
  found.push({
    file: cycle,
    text: 'import { a } from "./cycle-a.ts";\nexport const b = () => a;\n',
    refusedBy: "noImportCycles",
    title: "an import cycle is refused from its other end",
  });
  return found;
}

const PLANTS = plants();
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
    for (const { name } of folders) expect(ruled).toContain(name === "client" ? '["**/src/client/**"]' : `"src/${name}/**"`);
  });
});
