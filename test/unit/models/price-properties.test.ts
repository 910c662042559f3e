import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allModels } from "../../../src/models/catalogue.ts";
import { costNanos, pricesAt } from "../../../src/models/prices.ts";
import type { Usage } from "../../../src/providers/provider.ts";

const RUNS = { numRuns: 2000 };
const tokens = fc.integer({ min: 0, max: 2_000_000 });

/** Counts as vendors give them: parts of the prompt never exceed it, thinking never exceeds the output. */
const usages: fc.Arbitrary<Usage> = fc
  .record({ plain: tokens, cached: tokens, written: tokens, thinking: tokens, answer: tokens })
  .map(({ plain, cached, written, thinking, answer }) => ({
    input_tokens: plain + cached + written,
    cached_input_tokens: cached,
    cache_write_input_tokens: written,
    output_tokens: thinking + answer,
    reasoning_output_tokens: thinking,
  }));

/** Prices of one tier of one model on one day, with the components that the catalogue lacks filled in. */
const prices = fc
  .record({
    model: fc.constantFrom(...allModels()),
    at: fc.date({ min: new Date("2026-11-18"), max: new Date("2027-06-01"), noInvalidDate: true }),
    promptTokens: tokens,
    tier: fc.constantFrom("standard", "batch"),
  })
  .map(({ model, at, promptTokens, tier }) => pricesAt(model, at, promptTokens, tier) ?? expect.fail(`${model.id} has no price`))
  .map((listed) => ({
    ...listed,
    cacheRead: listed.cacheRead ?? listed.input / 10,
    cacheWrite: listed.cacheWrite ?? listed.input * 1.25,
  }));

const known = (cost: number | null): number => cost ?? expect.fail("no cost");
const sum = (a: Usage, b: Usage): Usage => ({
  input_tokens: a.input_tokens + b.input_tokens,
  cached_input_tokens: a.cached_input_tokens + b.cached_input_tokens,
  cache_write_input_tokens: a.cache_write_input_tokens + b.cache_write_input_tokens,
  output_tokens: a.output_tokens + b.output_tokens,
  reasoning_output_tokens: a.reasoning_output_tokens + b.reasoning_output_tokens,
});

describe("costNanos", () => {
  test("is a whole number of nano-dollars, never below zero", () => {
    fc.assert(
      fc.property(usages, prices, (usage, listed) => {
        const cost = known(costNanos(usage, listed));
        return Number.isSafeInteger(cost) && cost >= 0;
      }),
      RUNS,
    );
  });

  test("is additive at equal prices: two requests cost what their sum costs, or one nano-dollar more by rounding up twice", () => {
    fc.assert(
      fc.property(usages, usages, prices, (a, b, listed) => {
        const apart = known(costNanos(a, listed)) + known(costNanos(b, listed));
        const together = known(costNanos(sum(a, b), listed));
        return together <= apart && apart <= together + 1;
      }),
      RUNS,
    );
  });

  test.each([
    ["uncached prompt", { input_tokens: 1 }],
    ["cached prompt", { input_tokens: 1, cached_input_tokens: 1 }],
    ["cache-written prompt", { input_tokens: 1, cache_write_input_tokens: 1 }],
    ["output", { output_tokens: 1 }],
    ["thinking", { output_tokens: 1, reasoning_output_tokens: 1 }],
  ])("never falls when tokens of %s are added", (_, part) => {
    const one: Usage = {
      input_tokens: 0,
      cached_input_tokens: 0,
      cache_write_input_tokens: 0,
      output_tokens: 0,
      reasoning_output_tokens: 0,
      ...part,
    };
    fc.assert(
      fc.property(
        usages,
        prices,
        (usage, listed) => known(costNanos(sum(usage, one), listed)) >= known(costNanos(usage, listed)),
      ),
      RUNS,
    );
  });

  test("never falls when a longer prompt crosses into a dearer tier", () => {
    fc.assert(
      fc.property(fc.constantFrom(...allModels()), tokens, tokens, tokens, (model, a, b, output) => {
        const [shorter, longer] = [Math.min(a, b), Math.max(a, b)].map((input) => {
          const listed = pricesAt(model, new Date("2026-11-22"), input);
          const usage = {
            input_tokens: input,
            cached_input_tokens: 0,
            cache_write_input_tokens: 0,
            output_tokens: output,
            reasoning_output_tokens: 0,
          };
          return listed === null ? expect.fail("no price") : known(costNanos(usage, listed));
        });
        return (shorter ?? 0) <= (longer ?? 0);
      }),
      RUNS,
    );
  });
});
