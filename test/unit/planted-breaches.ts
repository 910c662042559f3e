import { LAYER_RULES, TYPES_ONLY } from "./layer-rules.ts";

/** A file that breaks a rule, or keeps to all of them. `refusedBy` is the rule that must fire; null: the file is in order. */
export type Plant = { file: string; text: string; refusedBy: string | null; title: string };

type PlantFile = (home: string, text: string, refusedBy: string | null, title: string) => void;

const LAYER = "noRestrictedImports";
const value = (name: string) => `import { a } from "${name}";\nexport const b = a;\n`;
const type = (name: string) => `import type { A } from "${name}";\nexport type B = A;\n`;

/** Every case is a file of its own, so that one run of the linter answers for all; the folder's own name is kept. */
export function plantedBreaches(): Plant[] {
  const found: Plant[] = [];
  const plant: PlantFile = (home, text, refusedBy, title) => {
    const tree = `case-${found.length}`;
    found.push({ file: `${tree}/${home}`, text, refusedBy, title });
  };
  plantImports(plant);
  plantTypeImports(plant);
  plantClient(plant);
  plantCli(plant);
  plantOtherWaysToImport(plant);
  plantStyle(plant);
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

function plantImports(plant: PlantFile): void {
  for (const { home, refused, allowed } of LAYER_RULES) {
    for (const name of refused) plant(home, value(name), LAYER, `${home} refuses ${name}`);
    for (const name of allowed) plant(home, value(name), null, `${home} may import ${name}`);
  }
}

function plantTypeImports(plant: PlantFile): void {
  for (const { folder, module } of TYPES_ONLY) {
    const home = `src/${folder}/x.ts`;
    plant(
      home,
      `import type { A } from "${module}";\nexport type { B } from "${module}";\nexport type C = A;\n`,
      null,
      `${home} may import types of ${module}`,
    );
    plant(home, value(module), "plugin", `${home} refuses values of ${module}`);
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
}

function plantClient(plant: PlantFile): void {
  const client = "src/client/x.ts";
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
}

function plantCli(plant: PlantFile): void {
  const cli = "src/cli/x.ts";
  const ours = "../delegations/delegation.ts";
  const allowed = ["./y.ts", "../client/transport.ts", "node:fs", "../../package.json"];
  for (const name of allowed) plant(cli, value(name), null, `${cli} may import ${name}`);
  plant(cli, type(ours), null, `${cli} may import types of ${ours}`);
  for (const name of [ours, "../errors.ts", "../clients.ts", "zod"]) {
    plant(cli, value(name), "plugin", `${cli} refuses values of ${name}`);
    plant(cli, `export * from "${name}";\n`, "plugin", `${cli} refuses to pass on all of ${name}`);
    plant(cli, `export const b = await import("${name}");\n`, "plugin", `${cli} refuses a dynamic import of ${name}`);
  }
  plant(cli, `import { type A, a } from "${ours}";\nexport const b: A = a;\n`, "plugin", `${cli} refuses values beside types`);
  plant(cli, type("zod"), "plugin", `${cli} refuses types of packages`);
}

function plantOtherWaysToImport(plant: PlantFile): void {
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
}

function plantStyle(plant: PlantFile): void {
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
}
