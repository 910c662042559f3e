import type { Usage } from "./provider.ts";

type Counts = {
  input: unknown;
  cached: unknown;
  cacheWrite: unknown;
  output: unknown;
  reasoning: unknown;
};

/** `usage` of the Responses API: `input_tokens` has cached and cache-written tokens in, `output_tokens` the reasoning. */
export type ResponsesCounts = {
  input_tokens?: unknown;
  input_tokens_details?: { cached_tokens?: unknown; cache_write_tokens?: unknown } | null;
  output_tokens?: unknown;
  output_tokens_details?: { reasoning_tokens?: unknown } | null;
};

/** `usage` of Chat Completions; every field may be missing. */
export type ChatCounts = {
  prompt_tokens?: unknown;
  prompt_tokens_details?: { cached_tokens?: unknown; cache_write_tokens?: unknown } | null;
  completion_tokens?: unknown;
  completion_tokens_details?: { reasoning_tokens?: unknown } | null;
  total_tokens?: unknown;
};

export function usageOfResponse(counts: ResponsesCounts): Usage {
  return usageOf({
    input: counts.input_tokens,
    cached: counts.input_tokens_details?.cached_tokens,
    cacheWrite: counts.input_tokens_details?.cache_write_tokens,
    output: counts.output_tokens,
    reasoning: counts.output_tokens_details?.reasoning_tokens,
  });
}

/**
 * OpenAI counts reasoning into `completion_tokens`; xAI and some gateways leave it out, which shows when only the sum of
 * all three makes `total_tokens`.
 */
export function usageOfChat(counts: ChatCounts): Usage {
  const completion = count(counts.completion_tokens);
  const reasoning = count(counts.completion_tokens_details?.reasoning_tokens);
  const isLeftOut = count(counts.total_tokens) === count(counts.prompt_tokens) + completion + reasoning;
  return usageOf({
    input: counts.prompt_tokens,
    cached: counts.prompt_tokens_details?.cached_tokens,
    cacheWrite: counts.prompt_tokens_details?.cache_write_tokens,
    output: isLeftOut ? completion + reasoning : completion,
    reasoning,
  });
}

/** Parts are held within their whole, so that no price is ever computed of a negative rest. */
function usageOf(counts: Counts): Usage {
  const input = count(counts.input);
  const cached = Math.min(count(counts.cached), input);
  const output = count(counts.output);
  return {
    input_tokens: input,
    cached_input_tokens: cached,
    cache_write_input_tokens: Math.min(count(counts.cacheWrite), input - cached),
    output_tokens: output,
    reasoning_output_tokens: Math.min(count(counts.reasoning), output),
  };
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.round(value) : 0;
}
