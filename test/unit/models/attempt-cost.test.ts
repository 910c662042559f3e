import { describe, expect, test } from "vitest";
import { type CompatiblePrices, candidatePrices, priceAttempt } from "../../../src/models/attempt-cost.ts";
import { counts, noon } from "./catalogued.ts";

const COMPATIBLE: CompatiblePrices = {
  local: {
    models: { "llama3:8b": { input: 0, output: 0 }, "half/priced": { input: 1 }, "meta/llama-4": { input: 0.2, output: 0.6 } },
  },
  other: { models: {} },
};
const usage = counts({ input: 1000, output: 100 });

type Attempt = Parameters<typeof priceAttempt>[0];
const attempt = (given: Partial<Attempt>): Attempt => ({
  provider: "claude",
  endpoint: null,
  model: "claude-opus-5-5",
  answeredModel: undefined,
  usage,
  serviceTier: undefined,
  at: noon("2026-11-22"),
  ...given,
});
const price = (given: Partial<Attempt>) => priceAttempt(attempt(given), COMPATIBLE);

describe("priceAttempt", () => {
  test("prices the model that was asked when the vendor names none", () => {
    expect(price({})).toBe(6_000_000);
    expect(price({ answeredModel: "" })).toBe(6_000_000);
  });

  test("prices the model that answered instead of the one that was asked", () => {
    expect(price({ provider: "gemini", model: "gemini-2.5-pro", answeredModel: "gemini-3.8-flash" })).toBe(1_125_000);
  });

  test.each(["claude-opus-5-5-20260922", "claude-opus-5-5-2026-09-22"])(
    "takes %s for a snapshot of the model that was asked",
    (answeredModel) => {
      expect(price({ answeredModel })).toBe(6_000_000);
    },
  );

  test("prices a snapshot that the catalogue knows by itself", () => {
    expect(price({ model: "claude-haiku-4-5", answeredModel: "claude-haiku-4-5-20251001" })).toBe(1_500_000);
  });

  test.each([
    "claude-opus-5-5-fast",
    "claude-opus-5-5-2026",
    "claude-opus-5-5-20260922-v2",
    "claude-opus-5-520260922",
    "claude-opus-6",
    "gpt-6.1-terra",
  ])("does not guess what an answer of %s costs", (answeredModel) => {
    expect(price({ answeredModel })).toBeNull();
  });

  test("does not take a snapshot of a shorter name for the model that was asked", () => {
    expect(price({ model: "claude-sonnet-5", answeredModel: "claude-sonnet-5-5-20260928" })).toBeNull();
  });

  test("counts the whole prompt, cached parts included, for the prompt-length tier", () => {
    const long = counts({ input: 300_000, cached: 299_000 });
    expect(price({ provider: "codex", model: "gpt-6.2-sol", usage: long })).toBe(1000 * 4000 + 299_000 * 200);
  });

  test("applies the service tier that the vendor echoed", () => {
    expect(price({ provider: "codex", model: "gpt-6.1-terra", serviceTier: "flex" })).toBe(750_000);
    expect(price({ provider: "codex", model: "gpt-6.1-terra", serviceTier: "new-tier" })).toBeNull();
  });

  test("prices a request by the day on which it was sent", () => {
    const at = (day: string) => price({ provider: "gemini", model: "gemini-4-argon", at: noon(day) });
    expect([at("2026-11-30"), at("2026-12-01")]).toEqual([3_000_000, 6_000_000]);
  });

  test("leaves copilot's cost to GitHub", () => {
    expect(price({ provider: "copilot", model: "claude-opus-5.5" })).toBeNull();
    expect(price({ provider: "copilot", model: "gpt-6.1-terra" })).toBeNull();
  });

  test("prices a compatible endpoint by what the deployment says", () => {
    expect(price({ provider: "compatible", endpoint: "local", model: "meta/llama-4" })).toBe(260_000);
  });

  test("takes a price of 0 for a price", () => {
    expect(price({ provider: "compatible", endpoint: "local", model: "llama3:8b", answeredModel: "llama3" })).toBe(0);
  });

  test("charges cached tokens of a compatible endpoint like the rest of the prompt", () => {
    const cached = counts({ input: 1000, cached: 900, output: 100 });
    expect(price({ provider: "compatible", endpoint: "local", model: "meta/llama-4", usage: cached })).toBe(260_000);
  });

  test("prefers the price of the compatible model that answered", () => {
    expect(price({ provider: "compatible", endpoint: "local", model: "llama3:8b", answeredModel: "meta/llama-4" })).toBe(260_000);
  });

  test.each([
    ["local", "half/priced"],
    ["local", "unlisted"],
    ["local", "constructor"],
    ["other", "llama3:8b"],
    ["gone", "llama3:8b"],
    ["__proto__", "llama3:8b"],
    [null, "llama3:8b"],
  ])("does not know the price of endpoint %s's %s", (endpoint, model) => {
    expect(price({ provider: "compatible", endpoint, model })).toBeNull();
  });

  test("never prices a compatible model by a catalogue id", () => {
    expect(price({ provider: "compatible", endpoint: "other", model: "gpt-4.1" })).toBeNull();
  });
});

describe("candidatePrices", () => {
  const candidate = (given: object) => ({
    provider: "claude" as const,
    endpoint: null,
    model: "claude-opus-5-5",
    promptTokens: 1000,
    at: noon("2026-11-22"),
    ...given,
  });
  const inputs = (given: object) => candidatePrices(candidate(given), COMPATIBLE).map(({ input }) => input);

  test("lists what the model can be charged at", () => {
    expect(inputs({})).toEqual([4000]);
    expect(inputs({ model: "claude-haiku-5-5", promptTokens: 200_000 })).toEqual([100, 500]);
  });

  test("includes the model that the vendor routes to after retirement", () => {
    expect(inputs({ provider: "gemini", model: "gemini-2.5-pro" })).toEqual([1250, 750]);
  });

  test("lists the one price of a compatible model", () => {
    expect(inputs({ provider: "compatible", endpoint: "local", model: "meta/llama-4" })).toEqual([200]);
  });

  test.each([
    { model: "unknown" },
    { provider: "codex" },
    { provider: "copilot", model: "" },
    { provider: "compatible", endpoint: "local", model: "half/priced" },
    { provider: "compatible", endpoint: "nowhere", model: "llama3:8b" },
  ])("is empty when the price is not known: %j", (given) => {
    expect(inputs(given)).toEqual([]);
  });
});
