import { describe, expect, test } from "vitest";
import { readConfig } from "../../../../src/config.ts";
import { admit } from "../../../../src/delegations/admission/admission.ts";
import type { AgentDefaults, Agents } from "../../../../src/delegations/admission/with-agent.ts";
import { type DelegationInput, LIMITS } from "../../../../src/delegations/delegation.ts";
import { AppError } from "../../../../src/errors.ts";

const SETTINGS = {
  ANTHROPIC_API_KEY: "a",
  OPENAI_API_KEY: "o",
  COPILOT_GITHUB_TOKEN: "c",
  COPILOT_REPOSITORIES: "Acme/Widgets, acme/gadgets",
  COMPATIBLE_ENDPOINTS: JSON.stringify({ local: { base_url: "http://127.0.0.1:1/v1" } }),
};
const NOW = new Date("2026-11-22T10:00:00.000Z");
const AGENTS: Agents = new Map<string, AgentDefaults>([
  ["default", {}],
  ["coder", { model: "auto", task_type: "CODE_GENERATION", system: "You write code.", fallbacks: [{ model: "local/llama3" }] }],
  ["cautious", { provider: "codex", model: "gpt-4-turbo", temperature: 0, approval: "manual" }],
  ["shaped", { output_schema: { type: "object" } }],
]);
const context = (settings: object = SETTINGS) => ({
  workspace: "w",
  createdBy: "key",
  config: readConfig(settings),
  now: NOW,
  taskId: "t",
  hash: "h",
  agents: AGENTS,
});
const admitted = (input: Partial<DelegationInput>, settings?: object) => admit({ prompt: "x", ...input }, context(settings));

function refusalOf(input: Partial<DelegationInput>, settings?: object) {
  try {
    admitted(input, settings);
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, path: error.fields[0]?.path, message: error.message };
    throw error;
  }
  throw new Error("it was admitted");
}

describe("the key that asks", () => {
  const asked = (input: Partial<DelegationInput>, defaultAgent?: string) =>
    admit({ prompt: "x", ...input }, { ...context(), keyId: "key_7", defaultAgent });

  test("is in the spec by its id", () => {
    expect(asked({}).key_id).toBe("key_7");
    expect(admitted({})).not.toHaveProperty("key_id");
  });

  test("gives its agent to a body that names none, and to no other", () => {
    expect([asked({}, "coder").agent, asked({ agent: "cautious" }, "coder").agent, asked({}).agent]).toEqual([
      "coder",
      "cautious",
      "default",
    ]);
    expect(asked({}, "coder").input.system).toBe("You write code.");
  });

  test("whose agent is gone is told which field to fill", () => {
    expect(() => asked({}, "deleted")).toThrow(expect.objectContaining({ fields: [expect.objectContaining({ path: "agent" })] }));
  });
});

describe("admit", () => {
  test("makes the whole spec of a body", () => {
    expect(admitted({ model: "claude-opus", parent_task_id: "p" })).toEqual({
      workspace: "w",
      task_id: "t",
      hash: "h",
      input: { prompt: "x", model: "claude-opus", parent_task_id: "p" },
      candidates: [{ provider: "claude", endpoint: null, model: "claude-opus-5-5", requested: "claude-opus" }],
      warnings: [],
      created_by: "key",
      created_at: NOW.getTime(),
      parent_task_id: "p",
      repository: null,
      agent: "default",
    });
  });

  test("the body's own executor comes first, then the fallbacks in their order", () => {
    const { candidates } = admitted({ provider: "claude", fallbacks: [{ model: "gpt-4-turbo" }, { model: "local/llama3" }] });
    expect(candidates.map(({ provider, endpoint, model }) => [provider, endpoint, model])).toMatchObject([
      ["claude", null, expect.any(String)],
      ["codex", null, "gpt-6.2-sol"],
      ["compatible", "local", "llama3"],
    ]);
  });

  test("the same question on the same day has the same answer", () => {
    expect(admitted({ model: "claude-opus", temperature: 1 })).toEqual(admitted({ model: "claude-opus", temperature: 1 }));
  });
});

describe("admit refuses", () => {
  test.each<[Partial<DelegationInput>, string, string]>([
    [{ provider: "gemini" }, "provider_not_configured", "provider"],
    [{ model: "gemini-2.0-flash" }, "provider_not_configured", "model"],
    [{ fallbacks: [{ provider: "gemini" }] }, "provider_not_configured", "fallbacks.0.provider"],
    [{ model: "no-such-model" }, "invalid_request", "model"],
    [{ model: "claude-opus", provider: "codex" }, "invalid_request", "model"],
    [{ fallbacks: [{ model: "claude-opus" }, { model: "no-such-model" }] }, "invalid_request", "fallbacks.1.model"],
    [{ fallbacks: [{}] }, "invalid_request", "fallbacks.0"],
    [{ output_schema: {} }, "invalid_request", "output_schema"],
    [{ output_schema: { type: "string" } }, "invalid_request", "output_schema"],
    [{ output_schema: { type: ["object", "null"] } }, "invalid_request", "output_schema"],
  ])("%j as %s, naming %s", (input, code, path) => {
    expect(refusalOf(input)).toMatchObject({ code, path });
  });

  test.each([
    [{ a: { type: "strng" } }, "/properties/a/type"],
    [{ a: { $ref: "https://example.com/schema.json" } }, "https://example.com/schema.json"],
    [{ a: { pattern: "(" } }, "not a regular expression"],
  ])("a schema with the properties %j, saying why: %s", (properties, why) => {
    const refused = refusalOf({ output_schema: { type: "object", properties } });
    expect(refused).toEqual({ code: "invalid_request", path: "output_schema", message: expect.stringContaining(why) });
  });

  test("a broken schema each time it comes, and checks one that many share once", () => {
    const [broken, shared] = [
      { type: "object", required: 1 },
      { type: "object", properties: {} },
    ];
    for (const _twice of [1, 2]) expect(refusalOf({ output_schema: broken })).toMatchObject({ path: "output_schema" });
    let reads = 0;
    Object.defineProperty(shared, "properties", { enumerable: true, get: () => ({ a: { title: ++reads } }) });
    admitted({ output_schema: shared });
    const first = reads;
    admitted({ output_schema: shared });
    const sizesOnly = reads - first;
    expect(first).toBeGreaterThan(sizesOnly);
  });

  test("everything when no provider is configured, saying what to set", () => {
    expect(refusalOf({}, {})).toMatchObject({
      code: "provider_not_configured",
      message: expect.stringContaining("ANTHROPIC_API_KEY"),
    });
  });
});

describe("admit and agents", () => {
  test("puts the agent's settings under the body, and both on record", () => {
    const { agent, input, candidates } = admitted({ agent: "coder", task_type: "DEBUGGING" });
    expect(agent).toBe("coder");
    expect(input).toEqual({
      prompt: "x",
      model: "auto",
      task_type: "DEBUGGING",
      system: "You write code.",
      fallbacks: [{ model: "local/llama3" }],
    });
    expect(candidates.map(({ requested }) => requested)).toEqual(["auto", "local/llama3"]);
  });

  test("takes the agent `default` when none is named, with what is saved of it", () => {
    const agents = new Map([["default", { system: "Be brief." }]]);
    const spec = admit({ prompt: "x" }, { ...context(), agents });
    expect([spec.agent, spec.input]).toEqual(["default", { prompt: "x", system: "Be brief." }]);
    expect(spec.candidates[0]?.provider).toBe("claude");
  });

  test.each<[Partial<DelegationInput>, string, string | null]>([
    [{}, "codex", "gpt-4-turbo"],
    [{ provider: "claude" }, "claude", null],
    [{ model: "claude-opus" }, "claude", "claude-opus"],
  ])("who names %j replaces both provider and model of the agent", (named, provider, requested) => {
    const { candidates, input } = admitted({ agent: "cautious", ...named });
    expect(candidates).toMatchObject([{ provider, requested }]);
    expect(input).toMatchObject({ temperature: 0, approval: "manual" });
  });

  test("runs a role that leaves the model to us where only an endpoint is configured", () => {
    const one = {
      COMPATIBLE_ENDPOINTS: JSON.stringify({ local: { base_url: "http://127.0.0.1:1/v1", models: { llama3: {} } } }),
    };
    expect(admitted({ agent: "coder", fallbacks: [] }, one).candidates).toMatchObject([
      { provider: "compatible", model: "llama3" },
    ]);
    expect(refusalOf({ model: "auto" }, one)).toMatchObject({ code: "provider_not_configured", path: "model" });
  });

  test("adds nothing to a body that has its role's settings already", () => {
    const spec = admit({ prompt: "x", provider: "claude" }, { ...context(), appliedAgent: "deleted-since" });
    expect([spec.agent, spec.input]).toEqual(["deleted-since", { prompt: "x", provider: "claude" }]);
  });

  test.each([
    ["codr", "Did you mean coder?"],
    ["Coder", "Did you mean coder?"],
    ["something-else-entirely", "There is no agent something-else-entirely. GET /v1/agents"],
  ])("refuses the unknown agent %s with the names close to it", (agent, told) => {
    expect(refusalOf({ agent })).toEqual({ code: "invalid_request", path: "agent", message: expect.stringContaining(told) });
  });

  test.each<[Partial<DelegationInput>, object, string, string]>([
    [{ agent: "cautious" }, { OPENAI_API_KEY: "" }, "provider_not_configured", "provider"],
    [
      { agent: "shaped", provider: "copilot", repository: { owner: "acme", name: "widgets" } },
      {},
      "invalid_request",
      "output_schema",
    ],
  ])("says that it is the agent who asks for what %j with %j cannot have", (input, settings, code, path) => {
    const message = expect.stringContaining(`The agent ${input.agent} asks for it.`);
    expect(refusalOf(input, { ...SETTINGS, ...settings })).toEqual({ code, path, message });
  });
});

describe("admit and copilot", () => {
  const repository = { owner: "acme", name: "WIDGETS" };

  test("takes a repository of the allow-list, whatever its case", () => {
    expect(admitted({ provider: "copilot", repository }).repository).toEqual(repository);
  });

  test("takes the default repository when none is named, for a fallback too", () => {
    const settings = { ...SETTINGS, COPILOT_DEFAULT_REPOSITORY: "acme/gadgets" };
    expect(admitted({ provider: "copilot" }, settings).repository).toEqual({ owner: "acme", name: "gadgets" });
    expect(admitted({ fallbacks: [{ provider: "copilot" }] }, settings).repository).toEqual({ owner: "acme", name: "gadgets" });
  });

  test.each<[Partial<DelegationInput>, object, string, string]>([
    [{ provider: "copilot" }, {}, "invalid_request", "repository"],
    [{ provider: "copilot" }, { COPILOT_DEFAULT_REPOSITORY: "nonsense" }, "invalid_request", "repository"],
    [{ provider: "copilot", repository: { owner: "evil", name: "widgets" } }, {}, "forbidden", "repository"],
    [{ provider: "copilot" }, { COPILOT_DEFAULT_REPOSITORY: "evil/widgets" }, "forbidden", "repository"],
    [{ provider: "copilot", repository }, { COPILOT_REPOSITORIES: "" }, "forbidden", "repository"],
    [{ repository }, {}, "invalid_request", "repository"],
    [{ provider: "copilot", repository, output_schema: { type: "object" } }, {}, "invalid_request", "output_schema"],
    [{ provider: "copilot", repository, output_json: true }, {}, "invalid_request", "output_json"],
    [{ repository, output_json: true, fallbacks: [{ provider: "copilot" }] }, {}, "invalid_request", "output_json"],
  ])("refuses %j with %j as %s, naming %s", (input, settings, code, path) => {
    expect(refusalOf(input, { ...SETTINGS, ...settings })).toMatchObject({ code, path });
  });
});

describe("admit and sizes", () => {
  const schemaOf = (bytes: number) => ({ type: "object", title: "x".repeat(bytes - '{"type":"object","title":""}'.length) });
  const propertiesOf = (bytes: number) => ({ a: "x".repeat(bytes - '{"a":""}'.length) });

  test("takes every field at its limit, in bytes of UTF-8", () => {
    expect(() => admitted({ prompt: "é".repeat(LIMITS.prompt / 2) })).not.toThrow();
    expect(() => admitted({ system: "x".repeat(LIMITS.system) })).not.toThrow();
    expect(() => admitted({ output_schema: schemaOf(LIMITS.output_schema) })).not.toThrow();
    expect(() => admitted({ properties: propertiesOf(LIMITS.properties) })).not.toThrow();
    expect(() =>
      admitted({ properties: Object.fromEntries(Array.from({ length: 32 }, (_, index) => [index, 1])) }),
    ).not.toThrow();
  });

  test.each<[string, Partial<DelegationInput>, string]>([
    ["prompt", { prompt: `${"é".repeat(LIMITS.prompt / 2)}x` }, "1,000,000"],
    ["system", { system: "x".repeat(LIMITS.system + 1) }, "256,000"],
    ["output_schema", { output_schema: schemaOf(LIMITS.output_schema + 1) }, "64,000"],
    ["properties", { properties: propertiesOf(LIMITS.properties + 1) }, "16,000"],
    ["properties", { properties: Object.fromEntries(Array.from({ length: 33 }, (_, index) => [index, 1])) }, "32"],
    ["", { prompt: "\u0000".repeat(260_000) }, "1,500,000"],
  ])("refuses %s one over it and tells the limit", (path, input, limit) => {
    expect(refusalOf(input)).toMatchObject({ code: "payload_too_large", path, message: expect.stringContaining(limit) });
  });
});

describe("admit warns", () => {
  const codes = (input: Partial<DelegationInput>) =>
    admitted(input).warnings.map(({ code, message }) => [code, message.split(" ", 1)[0]]);

  test("of parameters that the first candidate does not take", () => {
    expect(codes({ model: "claude-opus", temperature: 0.2 })).toEqual([["parameter_dropped", "temperature"]]);
  });

  test("of sandbox and full_auto always, whatever their value", () => {
    expect(codes({ sandbox: "read-only", full_auto: false })).toEqual([
      ["parameter_ignored", "sandbox"],
      ["parameter_ignored", "full_auto"],
    ]);
  });

  test("of retired models, and runs their successor", () => {
    const { candidates, warnings } = admitted({ model: "gpt-4" });
    expect(candidates[0]?.model).not.toBe("gpt-4");
    expect(warnings.map(({ code }) => code)).toContain("model_retired");
  });
});
