import type { CatalogueModel } from "./catalogue-model.ts";
import { costNanos, pricesAt } from "./prices.ts";

/** The task by which models are compared: so many tokens in, so many out, nothing cached. */
export const YARDSTICK = { inputTokens: 2_000, outputTokens: 1_000 } as const;

/**
 * What `inputTokens` of prompt and the yardstick's 1,000 tokens of answer cost on a day, in whole nano-dollars, in the
 * standard tier; null = the model has no price on that day.
 */
export function yardstickNanos(model: CatalogueModel, on: Date, inputTokens: number = YARDSTICK.inputTokens): number | null {
  const prices = pricesAt(model, on, inputTokens);
  const usage = {
    input_tokens: inputTokens,
    cached_input_tokens: 0,
    cache_write_input_tokens: 0,
    output_tokens: YARDSTICK.outputTokens,
    reasoning_output_tokens: 0,
  };
  return prices === null ? null : costNanos(usage, prices);
}
