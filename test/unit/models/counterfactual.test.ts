import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { priceAttempt } from "../../../src/models/attempt-cost.ts";
import { allModels } from "../../../src/models/catalogue.ts";
import { type Alternative, counterfactual, PROMPT_LENGTHS, type UsedTokens } from "../../../src/models/counterfactual.ts";

const DAY = "2026-11-20";
const ENDPOINTS = { local: { models: { llama3: { input: 0, output: 0 }, priced: { input: 1, output: 2 }, unpriced: {} } } };
const claude = (model: string): Alternative => ({ provider: "claude", endpoint: null, model });
const local = (model: string): Alternative => ({ provider: "compatible", endpoint: "local", model });

const used = (different: Partial<UsedTokens> = {}): UsedTokens => ({
  day: DAY,
  band: 0,
  count: 1,
  longest_prompt: different.input_tokens ?? 1_000,
  input_tokens: 1_000,
  cached_input_tokens: 0,
  cache_write_input_tokens: 0,
  output_tokens: 100,
  reasoning_output_tokens: 0,
  ...different,
});

/** Attempts as rows of their own, and added up by band, as the query gives them. */
const bandOf = (input: number): number => PROMPT_LENGTHS.filter((length) => input > length).length;
const anyAttempt = fc
  .record({ input: fc.integer({ min: 1, max: 600_000 }), cached: fc.nat(100), output: fc.nat(50_000) })
  .map(({ input, cached, output }) =>
    used({ input_tokens: input, cached_input_tokens: Math.floor((input * cached) / 100), output_tokens: output }),
  );

function addedUp(attempts: readonly UsedTokens[]): UsedTokens[] {
  const bands = Map.groupBy(attempts, ({ input_tokens }) => bandOf(input_tokens));
  return [...bands].map(([band, own]) => ({
    ...used(),
    band,
    count: own.length,
    longest_prompt: Math.max(...own.map(({ input_tokens }) => input_tokens)),
    input_tokens: own.reduce((sum, each) => sum + each.input_tokens, 0),
    cached_input_tokens: own.reduce((sum, each) => sum + each.cached_input_tokens, 0),
    output_tokens: own.reduce((sum, each) => sum + each.output_tokens, 0),
  }));
}

describe("counterfactual", () => {
  test.each(["claude-opus-5-5", "claude-sonnet-5-5", "gpt-6.2-sol", "gemini-3.8-flash"])(
    "of %s is what its attempts would have been booked at, within the rounding of each",
    (id) => {
      const model = allModels().find((each) => each.id === id);
      const alternative = { provider: model?.provider ?? "claude", endpoint: null, model: id };
      const at = new Date(`${DAY}T12:00:00Z`);
      fc.assert(
        fc.property(fc.array(anyAttempt, { minLength: 1, maxLength: 30 }), (attempts) => {
          const each = attempts.map((usage) =>
            priceAttempt({ ...alternative, answeredModel: undefined, usage, serviceTier: undefined, at }, {}),
          );
          const booked = each.reduce<number>((sum, nanos) => sum + (nanos ?? expect.fail("unpriced")), 0);
          const { nanos } = counterfactual(addedUp(attempts), alternative, {});
          expect(booked - (nanos ?? 0)).toBeGreaterThanOrEqual(0);
          expect(booked - (nanos ?? 0)).toBeLessThan(attempts.length);
        }),
      );
    },
  );

  test("prices long prompts as long prompts are priced, and no sum of short ones", () => {
    const tiered = allModels().find(({ prices }) => prices.some(({ tiers = [] }) => tiers.length > 0)) ?? expect.fail("none");
    const day = tiered.prices.findLast(({ tiers = [] }) => tiers.length > 0)?.effective_from ?? DAY;
    const length = tiered.prices.flatMap(({ tiers = [] }) => tiers)[0]?.above_prompt_tokens ?? 0;
    const alternative = { provider: tiered.provider, endpoint: null, model: tiered.id };
    const usage = { day, input_tokens: length * 2, output_tokens: 0 };
    const short = counterfactual([used({ ...usage, count: 2, band: 0 })], alternative, {}).nanos ?? 0;
    const long = counterfactual([used({ ...usage, band: bandOf(length * 2) })], alternative, {}).nanos ?? 0;
    expect(short).toBeGreaterThan(0);
    expect(long).toBeGreaterThan(short);
  });

  test("takes the prices of the day, and none for a day that has none", () => {
    const ancient = used({ day: "2001-01-01", count: 3 });
    const dated = allModels().find(({ prices }) => prices.length > 0 && prices.every((each) => each.effective_from !== null));
    const alternative = { provider: dated?.provider ?? "claude", endpoint: null, model: dated?.id ?? "" };
    expect(counterfactual([used(), ancient], alternative, {})).toMatchObject({ nanos: null, unpriced: 3 });
  });

  test("counts tokens of a cache that the alternative has no price for as prompt", () => {
    const free = allModels().find(({ prices }) => prices.some(({ base }) => base.cache_write == null && base.input > 0));
    const alternative = { provider: free?.provider ?? "codex", endpoint: null, model: free?.id ?? "" };
    const day = free?.prices.find(({ base }) => base.cache_write == null)?.effective_from ?? DAY;
    const plain = counterfactual([used({ day })], alternative, {});
    expect(counterfactual([used({ day, cache_write_input_tokens: 400 })], alternative, {})).toEqual(plain);
    expect(plain.nanos).toBeGreaterThan(0);
  });

  test("knows the prices of endpoints in the settings", () => {
    expect(counterfactual([used()], local("priced"), ENDPOINTS).nanos).toBe(1_000 * 1_000 + 100 * 2_000);
    expect(counterfactual([used()], local("llama3"), ENDPOINTS).nanos).toBe(0);
    expect(counterfactual([used()], local("unpriced"), ENDPOINTS)).toMatchObject({ nanos: null, unpriced: 1 });
  });

  test("says when a prompt would not have fitted, and costs nothing for nothing", () => {
    expect(counterfactual([used({ longest_prompt: 100_000_000 })], claude("claude-opus-5-5"), {}).tooLong).toBe(true);
    expect(counterfactual([], claude("claude-opus-5-5"), {})).toEqual({ nanos: 0, unpriced: 0, tooLong: false });
  });
});
