/** Nano-dollars per token; null = no price for it. */
type BoundPrices = {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
};

/** Tokens that vendors add around what we send (roles, tool and schema framing). */
const FRAMING_TOKENS = 1024;

/** No vendor's tokenizer makes more tokens than UTF-8 bytes: at most so many prompt tokens come of `bytes` sent. */
export const promptTokensBound = (bytes: number): number => bytes + FRAMING_TOKENS;

/**
 * What one attempt can cost at most, in whole nano-dollars: all `bytes` (UTF-8, of prompt, system prompt and schema) as
 * tokens, each at the dearest way to be charged for input, and the whole output limit, at whichever of the reachable
 * `prices` makes that dearest. null = unpriced (`prices` is empty).
 */
export function boundNanos(attempt: { bytes: number; maxOutputTokens: number; prices: readonly BoundPrices[] }): number | null {
  if (attempt.prices.length === 0) return null;
  const promptTokens = promptTokensBound(attempt.bytes);
  const totals = attempt.prices.map((prices) => promptTokens * dearestInput(prices) + attempt.maxOutputTokens * prices.output);
  return Math.ceil(Math.max(...totals));
}

/** The highest output limit with which `boundNanos` is at most `nanos`; 0 when the prompt alone comes to more, or nobody knows. */
export function outputTokensWithin(
  nanos: number,
  attempt: { bytes: number; maxOutputTokens: number; prices: readonly BoundPrices[] },
): number {
  const promptTokens = promptTokensBound(attempt.bytes);
  const fitting = attempt.prices.map((prices) => {
    const left = nanos - promptTokens * dearestInput(prices);
    if (left < 0) return 0;
    return prices.output === 0 ? attempt.maxOutputTokens : Math.floor(left / prices.output);
  });
  return fitting.length === 0 ? 0 : Math.min(attempt.maxOutputTokens, ...fitting);
}

const dearestInput = ({ input, cacheRead, cacheWrite }: BoundPrices): number => Math.max(input, cacheRead ?? 0, cacheWrite ?? 0);
