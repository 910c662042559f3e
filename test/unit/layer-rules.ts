/** One rule: what files of a folder may not import, and what they may. `home` is the file that imports. */
export type LayerRule = { home: string; refused: string[]; allowed: string[] };

const WORKERS = "cloudflare:workers";
const HONO = ["hono", "hono/streaming"];
const DRIZZLE = ["drizzle-orm", "drizzle-orm/d1"];
const ANTHROPIC = "@anthropic-ai/sdk";
const OPENAI = ["openai", "openai/resources"];
const GOOGLE = "@google/genai";
const PACKAGES = [WORKERS, ...HONO, ...DRIZZLE, ANTHROPIC, ...OPENAI, GOOGLE];

/** What no file of src may import. */
const OUTSIDE = ["../../test/support/x.ts", "../../simulator/simulator.ts", "../../scripts/start.ts"];

const BELOW = ["../errors.ts", "../lib/json.ts"];
const CONFIG = "../config.ts";
const DB = "../db/rows.ts";
const WEBHOOKS = "../webhooks/announce.ts";
const OUTBOX = "../outbox/outbox.ts";
const DELEGATIONS = "../delegations/delegation.ts";
const ANY_PROVIDER = ["../providers/index.ts", "../providers/provider.ts"];

/** Reached by their bindings; only the entry takes the classes. */
const OBJECTS = ["batches/batch", "flows/flow", "delegations/delegation", "rate-limits/rate-limit", "budgets/ledger"]
  .concat("circuits/provider")
  .map((name) => `../${name}-object.ts`);

/** What the entry puts together. */
const ENTRIES = ["../dashboard/dashboard.ts", "../mcp/mcp.ts", "../http/app.ts", "../queue/consumer.ts", "../sweep/sweep.ts"];

/** Of each folder at least one file that another could want. */
const MODULES = [
  ...[...ENTRIES, "../batches/batch.ts", "../flows/flow.ts"],
  ...["../agents/agent.ts", "../keys/key.ts", "../rate-limits/tab.ts", DELEGATIONS, WEBHOOKS, "../budgets/bound.ts"],
  ...["../circuits/circuit.ts", OUTBOX, ...ANY_PROVIDER, "../providers/claude.ts", "../models/prices.ts", DB, CONFIG],
  ...BELOW,
  ...OBJECTS,
];

const OF_BATCHES_AND_FLOWS = [...BELOW, CONFIG, DB, WEBHOOKS, OUTBOX, DELEGATIONS];
const OF_DELEGATIONS = [
  ...[...BELOW, CONFIG, DB, WEBHOOKS, OUTBOX, ...ANY_PROVIDER],
  ...["../models/prices.ts", "../budgets/bound.ts", "../circuits/circuit.ts"],
];
const OF_QUEUE_AND_SWEEP = [...BELOW, CONFIG, DB, WEBHOOKS, DELEGATIONS, "../batches/batch.ts", "../flows/flow.ts"];
const OF_HTTP = [
  ...[...BELOW, ...HONO, CONFIG, DB, WEBHOOKS, DELEGATIONS, ...ANY_PROVIDER, "../batches/batch.ts", "../flows/flow.ts"],
  ...["../agents/agent.ts", "../keys/key.ts", "../rate-limits/tab.ts", "../models/prices.ts", "../budgets/bound.ts"],
  "../circuits/circuit.ts",
];

/** Clients of the API: what they know of the rest is its words and its schemas. */
const OF_CLIENTS = [
  ...[...BELOW, ...HONO, CONFIG, WEBHOOKS, DELEGATIONS, "../batches/batch.ts", "../flows/flow.ts", "../agents/agent.ts"],
  ...["../keys/key.ts", "../models/prices.ts", "../budgets/bound.ts", "../circuits/circuit.ts", "../client/create-client.ts"],
];

/** All that each home may import besides its own folder; whatever else there is it may not. */
const MAY: { readonly [home: string]: readonly string[] } = {
  // A folder without a rule of its own has the one for all of src.
  "src/entry/x.ts": MODULES,
  "src/index.ts": [WORKERS, "../errors.ts", CONFIG, ...ENTRIES, ...OBJECTS],
  "src/config.ts": BELOW,
  "src/lib/x.ts": ["../errors.ts"],
  "src/outbox/x.ts": BELOW,
  "src/models/x.ts": BELOW,
  "src/budgets/x.ts": BELOW,
  "src/budgets/ledger-object.ts": [...BELOW, WORKERS, DB, WEBHOOKS, OUTBOX],
  "src/circuits/x.ts": [...BELOW, CONFIG],
  "src/circuits/provider-object.ts": [...BELOW, CONFIG, WORKERS],
  "src/rate-limits/x.ts": [...BELOW, CONFIG],
  "src/rate-limits/rate-limit-object.ts": [...BELOW, CONFIG, WORKERS],
  "src/keys/x.ts": [...BELOW, CONFIG, DB],
  "src/webhooks/x.ts": [...BELOW, CONFIG, DB],
  "src/db/x.ts": [...BELOW, ...DRIZZLE],
  "src/providers/copilot.ts": BELOW,
  "src/providers/claude.ts": [...BELOW, ANTHROPIC],
  "src/providers/gemini-stream.ts": [...BELOW, GOOGLE],
  "src/providers/codex.ts": [...BELOW, ...OPENAI],
  "src/providers/compatible.ts": [...BELOW, ...OPENAI],
  "src/providers/openai-errors.ts": [...BELOW, ...OPENAI],
  "src/delegations/x.ts": OF_DELEGATIONS,
  "src/delegations/delegation-object.ts": [...OF_DELEGATIONS, WORKERS],
  "src/batches/x.ts": OF_BATCHES_AND_FLOWS,
  "src/batches/batch-object.ts": [...OF_BATCHES_AND_FLOWS, WORKERS],
  "src/flows/x.ts": OF_BATCHES_AND_FLOWS,
  "src/flows/flow-object.ts": [...OF_BATCHES_AND_FLOWS, WORKERS],
  "src/agents/x.ts": [...BELOW, CONFIG, DB, DELEGATIONS],
  "src/http/x.ts": OF_HTTP,
  "src/dashboard/x.ts": OF_CLIENTS,
  "src/mcp/x.ts": OF_CLIENTS,
  "src/queue/x.ts": OF_QUEUE_AND_SWEEP,
  "src/sweep/x.ts": OF_QUEUE_AND_SWEEP,
};

/** Folders that may take only types from these modules. */
export const TYPES_ONLY: { folder: string; module: string }[] = [
  ...["outbox", "models", "budgets", "db"].map((folder) => ({ folder, module: "../providers/provider.ts" })),
  ...["outbox", "models", "budgets", "db", "providers"].map((folder) => ({ folder, module: "../config.ts" })),
  ...["outbox", "db"].map((folder) => ({ folder, module: "../delegations/delegation.ts" })),
];

export const LAYER_RULES: LayerRule[] = Object.entries(MAY).map(([home, may]) => {
  const [, folder, file] = home.split("/");
  const isRoot = file === undefined;
  const named = (name: string) => (isRoot ? name.replace(/^\.\.\/(?!\.\.)/, "./") : name);
  const others = MODULES.filter((name) => (isRoot ? name !== `../${folder}` : !name.startsWith(`../${folder}/`)));
  const typesOnly = TYPES_ONLY.filter((rule) => rule.folder === folder).map(({ module }) => module);
  const refused = [...PACKAGES, ...OUTSIDE, ...others].filter((name) => ![...may, ...typesOnly].includes(name));
  return { home, refused: refused.map(named), allowed: [...may, "zod"].map(named) };
});
