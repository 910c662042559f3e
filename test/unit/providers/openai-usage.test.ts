import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { usageOfChat, usageOfResponse } from "../../../src/providers/openai-usage.ts";

describe("usageOfResponse", () => {
  test("takes cached, written and reasoning tokens as parts of their wholes", () => {
    const counts = {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
      output_tokens: 50,
      output_tokens_details: { reasoning_tokens: 20 },
    };
    expect(usageOfResponse(counts)).toEqual({
      input_tokens: 100,
      cached_input_tokens: 60,
      cache_write_input_tokens: 30,
      output_tokens: 50,
      reasoning_output_tokens: 20,
    });
  });

  test("parts never exceed their whole, whatever comes", () => {
    const anything = fc.oneof(fc.integer(), fc.double(), fc.constant(null), fc.constant(undefined), fc.string());
    const counts = fc.record({
      input_tokens: anything,
      input_tokens_details: fc.option(fc.record({ cached_tokens: anything, cache_write_tokens: anything })),
      output_tokens: anything,
      output_tokens_details: fc.option(fc.record({ reasoning_tokens: anything })),
    });
    fc.assert(
      fc.property(counts, (given) => {
        const usage = usageOfResponse(given);
        expect(Object.values(usage).every((count) => Number.isInteger(count) && count >= 0)).toBe(true);
        expect(usage.cached_input_tokens + usage.cache_write_input_tokens).toBeLessThanOrEqual(usage.input_tokens);
        expect(usage.reasoning_output_tokens).toBeLessThanOrEqual(usage.output_tokens);
      }),
    );
  });
});

describe("usageOfChat", () => {
  const counts = { prompt_tokens: 10, completion_tokens: 8, completion_tokens_details: { reasoning_tokens: 5 } };

  test("counts reasoning once when completion_tokens has it in", () => {
    const usage = usageOfChat({ ...counts, total_tokens: 18 });
    expect([usage.output_tokens, usage.reasoning_output_tokens]).toEqual([8, 5]);
  });

  test("adds reasoning when the total shows that completion_tokens leaves it out", () => {
    const usage = usageOfChat({ ...counts, total_tokens: 23 });
    expect([usage.output_tokens, usage.reasoning_output_tokens]).toEqual([13, 5]);
  });

  test("reads cached and written tokens, and nothing out of nothing", () => {
    const details = { cached_tokens: 4, cache_write_tokens: 2 };
    const usage = usageOfChat({ prompt_tokens: 10, prompt_tokens_details: details });
    expect([usage.cached_input_tokens, usage.cache_write_input_tokens, usage.output_tokens]).toEqual([4, 2, 0]);
  });
});
