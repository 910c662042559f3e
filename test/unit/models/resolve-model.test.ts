import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PROVIDER_IDS } from "../../../src/providers/provider.ts";
import { noon } from "./catalogued.ts";
import { ALL, compatible, endpoints, only, outcome, refusal, resolve, warnings } from "./resolving.ts";

describe("resolveModel: names", () => {
  test("gives a catalogue id its provider, and keeps what was asked", () => {
    expect(resolve({ model: "gpt-6.2-sol" })).toEqual({
      ok: true,
      provider: "codex",
      endpoint: null,
      model: "gpt-6.2-sol",
      requested: "gpt-6.2-sol",
      warnings: [],
    });
  });

  test.each([
    ["claude-opus", "claude", "claude-opus-5-5"],
    ["claude-sonnet", "claude", "claude-sonnet-5-5"],
    ["claude-haiku", "claude", "claude-haiku-5-5"],
    ["claude-haiku-4-5-20251001", "claude", "claude-haiku-4-5"],
    ["gpt-5.6", "codex", "gpt-5.6-sol"],
  ])("takes %s for a name of %s's %s, without a warning", (model, provider, id) => {
    expect(outcome({ model })).toEqual([provider, id]);
    expect(warnings({ model })).toEqual([]);
  });

  test.each([
    ["gemini-2.0-flash", "gemini-3.8-flash", "on 2026-06-01"],
    ["gemini-1.5-pro", "gemini-4-neon", "in 2025"],
    ["gemini-1.5-flash", "gemini-3.5-flash-lite", "in 2025"],
    ["gpt-4-turbo", "gpt-6.2-sol", "on 2026-10-23"],
    ["gpt-4", "gpt-6.1-terra", "on 2026-10-23"],
  ])("uses a current model for %s, which is gone, and says so", (model, id, when) => {
    expect(outcome({ model })[1]).toBe(id);
    expect(warnings({ model })).toEqual([
      { code: "model_retired", message: `${model} was retired ${when}: ${id} is used instead.` },
    ]);
  });

  test("knows the aliases with their provider given too", () => {
    expect(outcome({ provider: "gemini", model: "gemini-2.0-flash" })).toEqual(["gemini", "gemini-3.8-flash"]);
  });

  test.each(["CLAUDE-OPUS", "claude", "gpt", "claude-sonnet-5-5-20260928", "constructor", "__proto__", " ", "/", "a/b"])(
    "has no model %j",
    (model) => {
      expect(outcome({ model })).toEqual(["invalid_request", "model"]);
    },
  );

  test("names close matches and where to find the list", () => {
    expect(refusal({ model: "claude-opus-5.5" })).toBe(
      "There is no model claude-opus-5.5. Did you mean claude-opus-5-5 or claude-opus-5 or claude-opus-4-5? GET /v1/models lists all.",
    );
    expect(refusal({ model: "olama/llama3:8b" })).toContain("ollama/llama3:8b");
  });

  test("looks for close matches within the provider that was given", () => {
    expect(refusal({ provider: "gemini", model: "gemini-4-radon" })).toBe(
      "There is no model gemini-4-radon of gemini. Did you mean gemini-4-carbon or gemini-4-neon or gemini-4-argon? GET /v1/models lists all.",
    );
  });

  test("does not suggest a retired model", () => {
    expect(refusal({ model: "gemini-2.5-prp" }, ALL, noon("2026-12-02"))).not.toContain("gemini-2.5-pro");
    expect(refusal({ model: "gemini-2.5-prp" })).toContain("gemini-2.5-pro");
  });

  test("refuses a model of another provider, naming both", () => {
    const message = refusal({ provider: "gemini", model: "gpt-4.1" });
    expect(outcome({ provider: "gemini", model: "gpt-4.1" })).toEqual(["invalid_request", "model"]);
    expect(message).toContain("gpt-4.1 is a model of codex, but the provider asked for is gemini");
  });
});

describe("resolveModel: defaults", () => {
  test.each([
    ["claude", "claude-sonnet-5-5"],
    ["gemini", "gemini-3.8-flash"],
    ["codex", "gpt-6.1-terra"],
    ["copilot", ""],
  ] as const)("gives %s its default model", (provider, model) => {
    expect(resolve({ provider })).toEqual({ ok: true, provider, endpoint: null, model, requested: null, warnings: [] });
  });

  test.each([
    [["gemini", "codex", "claude", "copilot", "compatible"], "claude"],
    [["gemini", "codex"], "codex"],
    [["copilot", "gemini"], "gemini"],
  ] as const)("of %j chooses one by itself", (configured, provider) => {
    expect(outcome({}, only(...configured))[0]).toBe(provider);
  });

  test("chooses a compatible endpoint last, if it has one model", () => {
    expect(resolve({}, compatible({ ollama: { models: { "llama3:8b": {} } } }))).toMatchObject({
      provider: "compatible",
      endpoint: "ollama",
      model: "llama3:8b",
      requested: null,
    });
  });

  test("never chooses copilot, which needs a repository", () => {
    expect(outcome({}, only("copilot"))).toEqual(["provider_not_configured", "provider"]);
  });

  test("names the settings to choose from when nothing is configured", () => {
    expect(refusal({}, only())).toContain("ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY, COMPATIBLE_ENDPOINTS");
  });
});

describe("resolveModel: provider not configured", () => {
  test.each([
    ["claude", "ANTHROPIC_API_KEY"],
    ["gemini", "GEMINI_API_KEY"],
    ["codex", "OPENAI_API_KEY"],
    ["copilot", "COPILOT_GITHUB_TOKEN"],
    ["compatible", "COMPATIBLE_ENDPOINTS"],
  ] as const)("%s is refused with the setting that is missing", (provider, setting) => {
    expect(outcome({ provider }, only())).toEqual(["provider_not_configured", "provider"]);
    expect(refusal({ provider }, only())).toBe(
      `${provider} is not configured here: it needs the setting ${setting}. Configured: nothing.`,
    );
    expect(outcome({ provider, model: "x" }, only(...PROVIDER_IDS.filter((each) => each !== provider)))[0]).toBe(
      provider === "copilot" || provider === "compatible" ? "provider_not_configured" : "invalid_request",
    );
  });

  test("blames the model when only that was given, and says what is configured", () => {
    expect(outcome({ model: "claude-opus" }, only("gemini", "codex"))).toEqual(["provider_not_configured", "model"]);
    expect(refusal({ model: "claude-opus" }, only("gemini", "codex"))).toContain("Configured: gemini, codex.");
  });
});

describe("resolveModel: any request", () => {
  test("answers every name in every deployment, and the same way twice", () => {
    const asks = fc.record(
      { provider: fc.constantFrom(...PROVIDER_IDS), model: fc.string({ minLength: 1, maxLength: 200 }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(asks, fc.subarray([...PROVIDER_IDS]), (ask, configured) => {
        const choice = resolve(ask, { configured: new Set(configured), endpoints });
        expect(resolve(ask, { configured: new Set(configured), endpoints })).toEqual(choice);
        if (choice.ok) expect([configured.includes(choice.provider), choice.requested]).toEqual([true, ask.model ?? null]);
        else expect(choice.message.length).toBeGreaterThan(20);
      }),
      { numRuns: 1000 },
    );
  });
});
