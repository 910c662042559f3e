import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boundNanos, outputTokensWithin, promptTokensBound } from "../../../src/budgets/bound.ts";
import { candidatePrices } from "../../../src/models/attempt-cost.ts";
import { allModels } from "../../../src/models/catalogue.ts";
import { costNanos, pricesAt } from "../../../src/models/prices.ts";

const plain = { input: 1000, output: 5000, cacheRead: null, cacheWrite: null };

describe("promptTokensBound", () => {
  test("counts every byte as a token, and 1,024 for what the vendor adds", () => {
    expect(promptTokensBound(0)).toBe(1024);
    expect(promptTokensBound(1_000_000)).toBe(1_001_024);
  });
});

describe("boundNanos", () => {
  test("adds the whole prompt and the whole output limit", () => {
    expect(boundNanos({ bytes: 976, maxOutputTokens: 100, prices: [plain] })).toBe(2000 * 1000 + 100 * 5000);
  });

  test("takes the dearer of input and cache write", () => {
    const prices = [{ ...plain, cacheWrite: 1250 }];
    expect(boundNanos({ bytes: 976, maxOutputTokens: 0, prices })).toBe(2000 * 1250);
    expect(boundNanos({ bytes: 976, maxOutputTokens: 0, prices: [{ ...plain, cacheWrite: 1 }] })).toBe(2000 * 1000);
  });

  test("takes the prices at which this request is dearest, all from one tier", () => {
    const dearInput = { ...plain, input: 9000, output: 1 };
    const dearOutput = { ...plain, input: 1, output: 9000 };
    expect(boundNanos({ bytes: 0, maxOutputTokens: 10, prices: [dearInput, dearOutput] })).toBe(1024 * 9000 + 10);
    expect(boundNanos({ bytes: 0, maxOutputTokens: 9999, prices: [dearInput, dearOutput] })).toBe(1024 + 9999 * 9000);
  });

  test("rounds up to a whole nano-dollar", () => {
    const prices = [{ input: 0.3, output: 0.01, cacheRead: null, cacheWrite: null }];
    expect(boundNanos({ bytes: 0, maxOutputTokens: 1, prices })).toBe(308);
  });

  test("knows no bound without prices, and zero for a free model", () => {
    expect(boundNanos({ bytes: 10, maxOutputTokens: 10, prices: [] })).toBeNull();
    const free = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
    expect(boundNanos({ bytes: 10, maxOutputTokens: 10, prices: [free] })).toBe(0);
  });

  test("is never below what a request within it costs, in any prompt-length tier, if it runs on that day or the next", () => {
    const at = fc.date({ min: new Date("2026-11-18"), max: new Date("2027-03-01"), noInvalidDate: true });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const requests = fc.record({
      model: fc.constantFrom(...allModels()),
      at,
      laterMs: fc.integer({ min: 0, max: 86_400_000 }),
      bytes: fc.integer({ min: 0, max: 1_200_000 }),
      maxOutputTokens: fc.integer({ min: 1, max: 128_000 }),
      used: fc.tuple(share, share, share, share),
    });
    fc.assert(
      fc.property(
        requests,
        ({ model, at: reserved, laterMs, bytes, maxOutputTokens, used: [prompt, cached, written, output] }) => {
          const promptTokens = promptTokensBound(bytes);
          const asked = { provider: model.provider, endpoint: null, model: model.id };
          const bound = boundNanos({
            bytes,
            maxOutputTokens,
            prices: candidatePrices({ ...asked, promptTokens, at: reserved }, {}),
          });
          const input = Math.floor(promptTokens * prompt);
          const cachedTokens = Math.floor(input * cached);
          const usage = {
            input_tokens: input,
            cached_input_tokens: cachedTokens,
            cache_write_input_tokens: Math.floor((input - cachedTokens) * written),
            output_tokens: Math.floor(maxOutputTokens * output),
            reasoning_output_tokens: 0,
          };
          const listed = pricesAt(model, new Date(reserved.getTime() + laterMs), input);
          const cost = listed === null ? null : costNanos(usage, listed);
          return bound !== null && (cost === null || cost <= bound);
        },
      ),
      { numRuns: 5000 },
    );
  });

  test("is what a request costs that uses all of it at the dearest price", () => {
    const prices = [{ input: 1000, output: 5000, cacheRead: 100, cacheWrite: 1250 }];
    const all = {
      input_tokens: 2024,
      cached_input_tokens: 0,
      cache_write_input_tokens: 2024,
      output_tokens: 10,
      reasoning_output_tokens: 10,
    };
    expect(prices.map((each) => costNanos(all, each))).toEqual([boundNanos({ bytes: 1000, maxOutputTokens: 10, prices })]);
  });
});

describe("outputTokensWithin", () => {
  const prices = fc.record({
    input: fc.integer({ min: 0, max: 90_000 }).map((milli) => milli / 1_000),
    output: fc.integer({ min: 0, max: 400_000 }).map((milli) => milli / 1_000),
    cacheRead: fc.constant(null),
    cacheWrite: fc.option(fc.integer({ min: 0, max: 100_000 }).map((milli) => milli / 1_000)),
  });

  test("so many tokens fit, and one more does not", () => {
    fc.assert(
      fc.property(
        fc.array(prices, { minLength: 1, maxLength: 3 }),
        fc.nat(100_000),
        fc.integer({ min: 1, max: 128_000 }),
        fc.nat(50_000_000),
        (all, bytes, maxOutputTokens, nanos) => {
          const attempt = { bytes, maxOutputTokens, prices: all };
          const fits = outputTokensWithin(nanos, attempt);
          const bound = (tokens: number) => boundNanos({ ...attempt, maxOutputTokens: tokens }) ?? 0;
          if (fits > 0) expect(bound(fits)).toBeLessThanOrEqual(nanos);
          if (fits < maxOutputTokens) expect(bound(fits + 1)).toBeGreaterThan(nanos);
          expect(fits).toBeLessThanOrEqual(maxOutputTokens);
        },
      ),
    );
  });

  test("none fit where no price is known", () => {
    expect(outputTokensWithin(1_000_000_000, { bytes: 1, maxOutputTokens: 10, prices: [] })).toBe(0);
  });
});
