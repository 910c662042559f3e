import { describe, expect, test } from "vitest";
import { allModels } from "../../../src/models/catalogue.ts";
import { fallbackChain } from "../../../src/models/fallback-chains.ts";
import { isRetired } from "../../../src/models/lifecycle.ts";
import { PROVIDER_IDS } from "../../../src/providers/provider.ts";
import { noon } from "./catalogued.ts";
import { ALL, only } from "./resolving.ts";
import { BOUNDARIES, DEPLOYMENTS, dollarsFor, TODAY } from "./selecting.ts";

const ids = (chain: ReturnType<typeof fallbackChain>): string[] => chain.map(({ model }) => model);

describe("fallbackChain", () => {
  test.each([
    ["claude", "claude-haiku-5-5", ["gpt-6-luna", "gemini-3.5-flash-lite"]],
    ["codex", "gpt-6.1-terra", ["gemini-3.8-flash", "claude-sonnet-5-5"]],
    ["gemini", "gemini-3.8-flash", ["gpt-6.1-terra", "claude-sonnet-5-5"]],
    ["codex", "gpt-6.2-sol", ["claude-sonnet-5-5", "gemini-4-neon"]],
    ["claude", "claude-opus-5-5", ["gpt-6.2-sol", "gemini-4-neon"]],
    ["claude", "claude-fable-5-2", ["gpt-6.2-sol", "gemini-4-neon"]],
  ] as const)("of %s's %s is other vendors' models of similar price", (provider, model, chain) => {
    expect(ids(fallbackChain({ provider, model }, ALL, TODAY))).toEqual(chain);
  });

  test.each([
    ["copilot", ""],
    ["copilot", "claude-opus-5.5"],
    ["compatible", "llama3"],
    ["compatible", "gpt-6.2-sol"],
  ] as const)("of %s's %j, whose price is not known here, begins in the middle", (provider, model) => {
    expect(ids(fallbackChain({ provider, model }, ALL, TODAY))).toEqual(["gpt-6.1-terra", "gemini-3.8-flash"]);
  });

  test("leaves out who is not configured, and is empty without another vendor", () => {
    const first = { provider: "codex", model: "gpt-6.2-sol" } as const;
    expect(fallbackChain(first, only("codex", "gemini"), TODAY)).toEqual([{ provider: "gemini", model: "gemini-4-neon" }]);
    expect(fallbackChain(first, only("codex"), TODAY)).toEqual([]);
  });

  test("moves a model into another class on the day its price does", () => {
    const argon = { provider: "gemini", model: "gemini-4-argon" } as const;
    expect(ids(fallbackChain(argon, ALL, noon("2026-11-30")))).toEqual(["gpt-6.2-sol", "claude-sonnet-5-5"]);
    expect(ids(fallbackChain(argon, ALL, noon("2026-12-01")))).toEqual(["claude-opus-5-5", "gpt-6.2-sol"]);
  });

  test("of any model on any day has at most two, of different and other vendors, configured and not retired", () => {
    for (const on of BOUNDARIES)
      for (const deployment of DEPLOYMENTS)
        for (const provider of PROVIDER_IDS)
          for (const { id } of allModels().filter((model) => model.provider === provider || provider === "copilot")) {
            const chain = fallbackChain({ provider, model: id }, deployment, on);
            const vendors = chain.map((each) => each.provider);
            expect(chain.length).toBeLessThanOrEqual(2);
            expect(new Set([provider, ...vendors]).size).toBe(chain.length + 1);
            expect(vendors.every((vendor) => deployment.configured.has(vendor))).toBe(true);
            expect(ids(chain)).not.toContain(id);
            expect(chain.filter(({ model }) => allModels().some((each) => each.id === model && isRetired(each, on)))).toEqual([]);
          }
  });

  test("costs at most a cent more than the first for 2,000 tokens in and 1,000 out", () => {
    for (const { id, provider } of allModels().filter((model) => !isRetired(model, TODAY)))
      for (const model of ids(fallbackChain({ provider, model: id }, ALL, TODAY)))
        expect(dollarsFor(model, TODAY) - dollarsFor(id, TODAY), `${model} after ${id}`).toBeLessThanOrEqual(0.01);
  });
});
