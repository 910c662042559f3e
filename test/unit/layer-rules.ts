/** One rule: what files of a folder may not import, and what they may. `home` is the file that imports. */
export type LayerRule = { home: string; refused: string[]; allowed: string[] };

const platform = ["cloudflare:workers", "hono", "hono/streaming", "drizzle-orm", "drizzle-orm/d1"];
const vendors = ["@anthropic-ai/sdk", "openai", "openai/resources", "@google/genai"];
const outside = ["../../test/support/x.ts", "../../simulator/simulator.ts", "../../scripts/start.ts"];
const upward = [
  "../http/app.ts",
  "../queue/consumer.ts",
  "../batches/batch.ts",
  "../agents/agent.ts",
  "../delegations/delegate.ts",
  "../delegations/delegation-object.ts",
];

export const LAYER_RULES: LayerRule[] = [
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
      "./agents/agents-of.ts",
      "./providers/claude.ts",
      "./providers/index.ts",
      "./batches/batch.ts",
      "./budgets/ledger.ts",
    ],
    allowed: [
      "cloudflare:workers",
      "./http/app.ts",
      "./queue/consumer.ts",
      "./delegations/delegation-object.ts",
      "./batches/batch-object.ts",
      "./budgets/ledger-object.ts",
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
    home: "src/budgets/ledger-object.ts",
    refused: ["hono", "drizzle-orm", ...vendors, ...outside, ...upward, "../models/prices.ts", "../db/rows.ts"],
    allowed: ["cloudflare:workers", "../errors.ts", "../lib/json.ts", "./ledger.ts"],
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
      "../agents/agent.ts",
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
      "../agents/agent.ts",
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
      "../agents/agent.ts",
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
      "../agents/agent.ts",
      "../providers/index.ts",
      "../delegations/delegation-object.ts",
    ],
    allowed: ["cloudflare:workers", "../delegations/delegation-rpc.ts", "../outbox/outbox.ts", "../db/rows.ts", "./batch.ts"],
  },
  {
    home: "src/agents/x.ts",
    refused: [
      ...platform,
      ...vendors,
      ...outside,
      "../http/app.ts",
      "../queue/consumer.ts",
      "../batches/batch.ts",
      "../outbox/outbox.ts",
      "../providers/index.ts",
      "../models/prices.ts",
      "../delegations/delegation-object.ts",
    ],
    allowed: ["../delegations/delegation.ts", "../db/rows.ts", "../config.ts", "../lib/log.ts", "../errors.ts"],
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
      "../budgets/ledger-object.ts",
      "../providers/claude.ts",
      "../outbox/outbox.ts",
    ],
    allowed: [
      "../batches/batch-rpc.ts",
      "../budgets/budget.ts",
      "hono",
      "@hono/zod-openapi",
      "../agents/agents-of.ts",
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
      "../agents/agents-of.ts",
      "../providers/claude.ts",
    ],
    allowed: ["../batches/start-message.ts", "../delegations/delegate.ts", "../db/rows.ts", "../config.ts"],
  },
];

/** Folders that may take only types from these modules. */
export const TYPES_ONLY: { folder: string; module: string }[] = [
  ...["outbox", "models", "budgets", "db"].map((folder) => ({ folder, module: "../providers/provider.ts" })),
  ...["outbox", "models", "budgets", "db", "providers"].map((folder) => ({ folder, module: "../config.ts" })),
  ...["outbox", "db"].map((folder) => ({ folder, module: "../delegations/delegation.ts" })),
];
