import type { Usage } from "../providers/provider.ts";
import type { CatalogueModel, ListPrices, TierMultiplier } from "./catalogue-model.ts";

/**
 * Nano-dollars per token for one request, down to a thousandth of a nano-dollar; null = the vendor names no price.
 * `cacheWrite` is that of the default cache lifetime, the only one this project asks for.
 */
export type TokenPrices = { input: number; output: number; cacheRead: number | null; cacheWrite: number | null };

/** USD per million tokens × 1,000 = nano-dollars per token. */
const NANOS_PER_LIST_UNIT = 1000;
/** Prices are integers of this fraction while they are summed, so that sums are exact. */
const UNITS_PER_NANO = 1000;
const DAY_MS = 86_400_000;

/**
 * Words that vendors echo for the standard tier (`unspecified`: Google's ServiceTier in @google/genai 3.1.0). `auto` is no
 * answer: it does not say what was charged.
 */
const STANDARD_TIERS: ReadonlySet<string> = new Set(["standard", "default", "on_demand", "unspecified"]);

/**
 * The prices of one request to `model`, started at `at` with `promptTokens` (all of them, cached ones included), served
 * in the tier that the vendor echoed (none = standard). null = unpriced: no price on that day, or a tier without a known
 * multiplier.
 */
export function pricesAt(model: CatalogueModel, at: Date, promptTokens: number, serviceTier?: string): TokenPrices | null {
  const multiplier = multiplierOf(model, at, serviceTier);
  const dated = datedPrices(model, at);
  if (multiplier === null || dated === undefined) return null;
  const tier = dated.tiers?.findLast((candidate) => promptTokens > candidate.above_prompt_tokens);
  return tokenPrices(tier ?? dated.base, multiplier);
}

/**
 * All prices that a request of at most `promptTokens`, sent in the standard tier within a day after `at`, can be charged
 * at. Empty = unpriced at `at`.
 */
export function reachablePrices(model: CatalogueModel, at: Date, promptTokens: number): readonly TokenPrices[] {
  const today = datedPrices(model, at);
  const tomorrow = datedPrices(model, new Date(at.getTime() + DAY_MS));
  if (today === undefined) return [];
  return [today, ...(tomorrow === undefined || tomorrow === today ? [] : [tomorrow])].flatMap(({ base, tiers = [] }) =>
    [base, ...tiers.filter((tier) => promptTokens > tier.above_prompt_tokens)].map((list) => tokenPrices(list)),
  );
}

/** Nano-dollars per token of prices given in US dollars per million tokens. */
export function tokenPrices(list: ListPrices, multiplier = 1): TokenPrices {
  const nanos = (usd: number) => Math.round(usd * NANOS_PER_LIST_UNIT * multiplier * UNITS_PER_NANO) / UNITS_PER_NANO;
  const maybe = (usd: number | null | undefined) => (usd === null || usd === undefined ? null : nanos(usd));
  return {
    input: nanos(list.input),
    output: nanos(list.output),
    cacheRead: maybe(list.cache_read),
    cacheWrite: maybe(list.cache_write),
  };
}

/**
 * What `usage` costs, in whole nano-dollars, rounded up once at the end. Thinking is inside `output_tokens` and costs the
 * same. null when a part with a count above zero has no price, or a count is not a whole number of tokens.
 */
export function costNanos(usage: Usage, prices: TokenPrices): number | null {
  const { input_tokens, cached_input_tokens, cache_write_input_tokens, output_tokens } = usage;
  const counts = [input_tokens, cached_input_tokens, cache_write_input_tokens, output_tokens];
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0)) return null;
  const parts: readonly (readonly [count: number, price: number | null])[] = [
    [Math.max(0, input_tokens - cached_input_tokens - cache_write_input_tokens), prices.input],
    [cached_input_tokens, prices.cacheRead],
    [cache_write_input_tokens, prices.cacheWrite],
    [output_tokens, prices.output],
  ];
  let units = 0n;
  for (const [count, price] of parts) {
    if (count === 0) continue;
    if (price === null) return null;
    units += BigInt(count) * BigInt(Math.round(price * UNITS_PER_NANO));
  }
  const perNano = BigInt(UNITS_PER_NANO);
  return Number((units + perNano - 1n) / perNano);
}

const datedPrices = (model: CatalogueModel, at: Date) => {
  const day = at.toISOString().slice(0, 10);
  return model.prices.find(
    ({ effective_from, effective_until }) =>
      (effective_from === null || day >= effective_from) && (effective_until === null || day <= effective_until),
  );
};

function multiplierOf(model: CatalogueModel, at: Date, serviceTier: string | undefined): number | null {
  const word = serviceTier?.toLowerCase();
  if (word === undefined || STANDARD_TIERS.has(word)) return 1;
  const name = word.replace(/^on_demand_/, "");
  return Object.hasOwn(model.tier_multipliers, name) ? multiplierAt(model.tier_multipliers[name], at) : null;
}

function multiplierAt(multiplier: TierMultiplier | undefined, at: Date): number | null {
  if (multiplier === undefined || typeof multiplier === "number") return multiplier ?? null;
  if ("min" in multiplier) return null;
  return at.toISOString().slice(0, 10) <= multiplier.until ? multiplier.multiplier : multiplier.afterwards;
}
