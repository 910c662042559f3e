import type { ProviderId, Usage } from "../providers/provider.ts";
import { type CompatiblePrices, priceAttempt } from "./attempt-cost.ts";
import { allModels, findModel } from "./catalogue.ts";
import type { CatalogueModel } from "./catalogue-model.ts";
import { costNanos, pricesAt, type TokenPrices } from "./prices.ts";

/** Counts of `count` attempts of one UTC day whose prompts are all of one band of `PROMPT_LENGTHS`. */
export type UsedTokens = Usage & { day: string; band: number; count: number; longest_prompt: number };

/** Who might have answered instead. `endpoint` is set for `compatible` only. */
export type Alternative = { provider: ProviderId; endpoint: string | null; model: string };

/** `nanos` is null when a price is not known for some attempts: for how many, says `unpriced`. */
export type Counterfactual = { nanos: number | null; unpriced: number; tooLong: boolean };

/** The prompt lengths in tokens beyond which some model of the catalogue has other prices, ascending. */
export const PROMPT_LENGTHS: readonly number[] = [
  ...new Set(
    allModels().flatMap(({ prices }) => prices.flatMap(({ tiers = [] }) => tiers.map((tier) => tier.above_prompt_tokens))),
  ),
].sort((one, other) => one - other);

/**
 * What the same tokens would have cost at an alternative on the same days, at the standard tier, in nano-dollars. Prices hold
 * per token, so attempts may be summed as long as they share day and band; rounding to whole nano-dollars, once an attempt
 * in the books, is once a row here.
 */
export function counterfactual(
  used: readonly UsedTokens[],
  alternative: Alternative,
  compatible: CompatiblePrices,
): Counterfactual {
  const model = alternative.provider === "compatible" ? undefined : findModel(alternative.model);
  let nanos = 0;
  let unpriced = 0;
  for (const row of used) {
    const cost = model === undefined ? endpointCost(row, alternative, compatible) : modelCost(row, model);
    nanos += cost ?? 0;
    unpriced += cost === null ? row.count : 0;
  }
  const most = model?.max_input_tokens ?? model?.context_window ?? Number.POSITIVE_INFINITY;
  return { nanos: unpriced === 0 ? nanos : null, unpriced, tooLong: used.some(({ longest_prompt }) => longest_prompt > most) };
}

const noonOf = (day: string): Date => new Date(`${day}T12:00:00Z`);

function modelCost(row: UsedTokens, model: CatalogueModel): number | null {
  const shortest = row.band === 0 ? 0 : (PROMPT_LENGTHS[row.band - 1] ?? 0) + 1;
  const prices = pricesAt(model, noonOf(row.day), shortest);
  return prices === null ? null : costNanos(asPriced(row, prices), prices);
}

/** Where a vendor has no price for reading or writing a cache, those tokens are prompt like any other. */
const asPriced = (usage: Usage, { cacheRead, cacheWrite }: TokenPrices): Usage => ({
  ...usage,
  cached_input_tokens: cacheRead === null ? 0 : usage.cached_input_tokens,
  cache_write_input_tokens: cacheWrite === null ? 0 : usage.cache_write_input_tokens,
});

function endpointCost(row: UsedTokens, alternative: Alternative, compatible: CompatiblePrices): number | null {
  return priceAttempt(
    { ...alternative, answeredModel: undefined, usage: row, serviceTier: undefined, at: noonOf(row.day) },
    compatible,
  );
}
