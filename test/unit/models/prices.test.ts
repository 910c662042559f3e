import { describe, expect, test } from "vitest";
import type { CatalogueModel } from "../../../src/models/catalogue-model.ts";
import { costNanos, pricesAt, reachablePrices, type TokenPrices, tokenPrices } from "../../../src/models/prices.ts";
import { catalogued, counts, noon } from "./catalogued.ts";

const TODAY = noon("2026-11-22");
const MILLION = 1_000_000;
const inputAt = (id: string, at: Date, promptTokens = 1000, tier?: string) =>
  pricesAt(catalogued(id), at, promptTokens, tier)?.input;

describe("pricesAt", () => {
  test("gives nano-dollars per token", () => {
    expect(pricesAt(catalogued("claude-opus-5-5"), TODAY, 1000)).toEqual({
      input: 4000,
      output: 20_000,
      cacheRead: 200,
      cacheWrite: 5000,
    });
  });

  test("gives null for what the vendor names no price for", () => {
    expect(pricesAt(catalogued("gemini-4-neon"), TODAY, 1000)).toEqual({
      input: 3000,
      output: 15_000,
      cacheRead: null,
      cacheWrite: null,
    });
  });

  test.each([
    ["gemini-4-argon", "2026-11-30T23:59:59.999Z", 2000],
    ["gemini-4-argon", "2026-12-01T00:00:00.000Z", 4000],
    ["gemini-4-carbon", "2026-12-01T00:00:00.000Z", 4000],
    ["gemini-3.8-flash", "2026-12-31T23:59:59.999Z", 750],
    ["gemini-3.8-flash", "2027-01-01T00:00:00.000Z", 1500],
  ])("charges %s at %s with %d for input: days are UTC, both ends included", (id, at, input) => {
    expect(inputAt(id, new Date(at))).toBe(input);
  });

  test("halves the cache reads of claude-sonnet-5-5 on 2026-10-07", () => {
    const cacheRead = (day: string) => pricesAt(catalogued("claude-sonnet-5-5"), noon(day), 1000)?.cacheRead;
    expect([cacheRead("2026-10-06"), cacheRead("2026-10-07")]).toEqual([200, 100]);
  });

  test("knows no price before a model had one", () => {
    expect(pricesAt(catalogued("gemini-4-carbon"), noon("2026-11-09"), 1000)).toBeNull();
  });

  test.each([
    ["claude-haiku-5-5", 100_000, { input: 100, output: 500, cacheRead: 10, cacheWrite: 125 }],
    ["claude-haiku-5-5", 100_001, { input: 500, output: 2500, cacheRead: 50, cacheWrite: 625 }],
    ["gpt-6.2-sol", 272_000, { input: 2000, output: 10_000, cacheRead: 100, cacheWrite: 2500 }],
    ["gpt-6.2-sol", 272_001, { input: 4000, output: 15_000, cacheRead: 200, cacheWrite: 5000 }],
    ["gpt-6.1-terra", 300_000, { input: 2000, output: 7500, cacheRead: 100, cacheWrite: 2500 }],
    ["gemini-3.1-pro-preview", 200_001, { input: 4000, output: 18_000, cacheRead: 400, cacheWrite: null }],
  ])("reprices all of a request to %s with a prompt of %d tokens", (id, promptTokens, prices) => {
    expect(pricesAt(catalogued(id), TODAY, promptTokens)).toEqual(prices);
  });

  test("takes the highest of several tiers that the prompt crosses", () => {
    const tiers = [10, 20, 30].map((above) => ({ above_prompt_tokens: above, input: above, output: above }));
    const model = {
      ...catalogued("gpt-6.1-terra"),
      prices: [{ effective_from: null, effective_until: null, base: { input: 1, output: 1 }, tiers }],
    };
    expect([10, 11, 21, 31].map((promptTokens) => pricesAt(model, TODAY, promptTokens)?.input)).toEqual([
      1000, 10_000, 20_000, 30_000,
    ]);
  });

  test.each([
    ["gpt-6.1-terra", undefined, 1000],
    ["gpt-6.1-terra", "default", 1000],
    ["gpt-6.1-terra", "flex", 500],
    ["gpt-6.1-terra", "FLEX", 500],
    ["gpt-6.1-terra", "fast", 2000],
    ["gpt-6.1-sol", "ultrafast", 12_000],
    ["claude-opus-5-5", "standard", 4000],
    ["claude-opus-5-5", "batch", 2000],
    ["gemini-3.5-flash", "ON_DEMAND", 1500],
    ["gemini-3.5-flash", "unspecified", 1500],
    ["gemini-3.5-flash", "ON_DEMAND_FLEX", 750],
  ])("multiplies the prices of %s in service tier %s", (id, tier, input) => {
    expect(inputAt(id, TODAY, 1000, tier)).toBe(input);
  });

  test("multiplies every component alike", () => {
    const flex = pricesAt(catalogued("gpt-6.1-terra"), TODAY, 1000, "flex");
    expect(flex).toEqual({ input: 500, output: 2500, cacheRead: 25, cacheWrite: 625 });
  });

  test("follows a multiplier that changes on a day", () => {
    expect(inputAt("gpt-6.2-sol", noon("2027-02-28"), 1000, "ultrafast")).toBe(6000);
    expect(inputAt("gpt-6.2-sol", noon("2027-03-01"), 1000, "ultrafast")).toBe(12_000);
  });

  test.each([
    ["claude-opus-5-5", "priority"],
    ["gemini-3.5-flash", "priority"],
    ["gpt-6.1-terra", "scale"],
    ["gpt-6.1-terra", "auto"],
    ["gpt-4.1", "flex"],
    ["gpt-6.1-terra", ""],
    ["gpt-6.1-terra", "constructor"],
  ])("does not guess what %s costs in tier %j", (id, tier) => {
    expect(pricesAt(catalogued(id), TODAY, 1000, tier)).toBeNull();
  });
});

describe("reachablePrices", () => {
  const inputs = (id: string, at: Date, promptTokens: number) =>
    reachablePrices(catalogued(id), at, promptTokens).map(({ input }) => input);

  test("leaves out tiers that the prompt cannot reach", () => {
    expect(inputs("gpt-6.2-sol", TODAY, 272_000)).toEqual([2000]);
    expect(inputs("gpt-6.2-sol", TODAY, 272_001)).toEqual([2000, 4000]);
  });

  test("includes tomorrow's prices, which a request of today can still meet", () => {
    expect(inputs("gemini-4-argon", noon("2026-11-29"), 1000)).toEqual([2000]);
    expect(inputs("gemini-4-argon", noon("2026-11-30"), 1000)).toEqual([2000, 4000]);
    expect(inputs("gemini-4-argon", noon("2026-12-01"), 1000)).toEqual([4000]);
  });

  test("is empty on a day without a price", () => {
    expect(inputs("gemini-4-carbon", noon("2026-11-09"), 1000)).toEqual([]);
  });
});

describe("costNanos", () => {
  const prices: TokenPrices = { input: 1000, output: 5000, cacheRead: 100, cacheWrite: 1250 };

  test("charges each part of the prompt once, at its own price", () => {
    expect(costNanos(counts({ input: 100, cached: 60, written: 30, output: 10 }), prices)).toBe(
      10 * 1000 + 60 * 100 + 30 * 1250 + 10 * 5000,
    );
  });

  test("does not charge thinking again: it is inside the output", () => {
    expect(costNanos(counts({ output: 10, thinking: 10 }), prices)).toBe(50_000);
  });

  test("rounds up once, at the end", () => {
    const cheap: TokenPrices = { input: 18.75, output: 0.3, cacheRead: 0.001, cacheWrite: null };
    expect(costNanos(counts({ input: 1 }), cheap)).toBe(19);
    expect(costNanos(counts({ input: 4 }), cheap)).toBe(75);
    expect(costNanos(counts({ input: 1, output: 1 }), cheap)).toBe(20);
    expect(costNanos(counts({ input: 1, cached: 1 }), cheap)).toBe(1);
  });

  test("is exact where floating point is not", () => {
    const tenth = tokenPrices({ input: 0.0001, output: 0.0003 });
    expect(costNanos(counts({ input: 3 * MILLION }), tenth)).toBe(300_000);
    expect(costNanos(counts({ input: 10 * MILLION, output: 10 * MILLION }), tenth)).toBe(4 * MILLION);
  });

  test.each([
    ["cached", { cacheRead: null }],
    ["written", { cacheWrite: null }],
  ])("is unknown when %s tokens have no price, and only when there are any", (part, missing) => {
    const incomplete = { ...prices, ...missing };
    expect(costNanos(counts({ input: 100, [part]: 1 }), incomplete)).toBeNull();
    expect(costNanos(counts({ input: 100, output: 1 }), incomplete)).toBe(105_000);
  });

  test("costs nothing when nothing was used", () => {
    expect(costNanos(counts({}), prices)).toBe(0);
  });

  test.each([Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY])("is unknown when a vendor counts %d tokens", (count) => {
    expect(costNanos(counts({ input: 10, output: count }), prices)).toBeNull();
    expect(costNanos(counts({ input: count }), prices)).toBeNull();
  });

  test("charges all that is counted when the parts exceed the whole", () => {
    expect(costNanos(counts({ input: 10, cached: 20 }), prices)).toBe(2000);
  });

  test.each([
    ["claude-fable-5-2", counts({ input: MILLION, output: MILLION }), 48],
    ["claude-sonnet-5-5", counts({ input: MILLION, cached: MILLION }), 0.1],
    ["claude-sonnet-5-5", counts({ input: MILLION, written: MILLION }), 2.5],
    ["claude-haiku-5-5", counts({ input: 100_000, output: 100_000 }), 0.06],
    ["claude-haiku-5-5", counts({ input: 200_000, output: 100_000 }), 0.35],
    ["gpt-6.2-sol", counts({ input: 200_000, cached: 100_000, output: 100_000 }), 1.21],
    ["gpt-6.1-sol", counts({ input: 500_000, output: 100_000 }), 3.5],
    ["gpt-6.1-terra", counts({ input: 100_000, written: 100_000 }), 0.125],
    ["gemini-4-carbon", counts({ input: 100_000, cached: 100_000, output: 10_000 }), 0.11],
    ["gemini-4-argon", counts({ input: 100_000, output: 10_000 }), 0.3],
    ["gemini-4-neon", counts({ input: 100_000, output: 10_000 }), 0.45],
    ["gemini-4-hydrogen", counts({ input: 100_000, cached: 20_000, output: 10_000 }), 0.1965],
  ])("prices a request to %s as its list says", (id, usage, usd) => {
    const listed = pricesAt(catalogued(id), TODAY, usage.input_tokens);
    expect(listed === null ? null : costNanos(usage, listed)).toBe(Math.round(usd * 1e9));
  });

  test("does not know what cached tokens of gemini-4-neon cost", () => {
    const listed = pricesAt(catalogued("gemini-4-neon"), TODAY, 1000);
    expect(listed === null ? 0 : costNanos(counts({ input: 1000, cached: 1 }), listed)).toBeNull();
  });
});

describe("tokenPrices", () => {
  test("keeps a thousandth of a nano-dollar", () => {
    expect(tokenPrices({ input: 0.01875, output: 0.07 }, 0.5)).toEqual({
      input: 9.375,
      output: 35,
      cacheRead: null,
      cacheWrite: null,
    });
  });

  test("keeps zero as a price", () => {
    const free = tokenPrices({ input: 0, output: 0, cache_read: 0 }) satisfies TokenPrices;
    expect(costNanos(counts({ input: 100, cached: 50, output: 100 }), free)).toBe(0);
  });

  test("reads no price of the long cache lifetime", () => {
    const model: CatalogueModel = catalogued("claude-opus-5");
    expect(model.prices[0]?.base.cache_write_long).toBe(10);
    expect(pricesAt(model, TODAY, 1)?.cacheWrite).toBe(6250);
  });
});
