import type { Completion, Usage } from "../../providers/provider.ts";

/** More tokens than any answer has, and few enough that the sums and costs of all attempts stay exact. */
const MOST_TOKENS = 1_000_000_000;
/** As long as the names that callers may send. */
const NAME_CHARACTERS = 200;

/** A vendor's counts as counts: what is no whole number of tokens is 0. */
export function checkedUsage(usage: Usage): Usage {
  return {
    input_tokens: checkedCount(usage.input_tokens),
    cached_input_tokens: checkedCount(usage.cached_input_tokens),
    cache_write_input_tokens: checkedCount(usage.cache_write_input_tokens),
    output_tokens: checkedCount(usage.output_tokens),
    reasoning_output_tokens: checkedCount(usage.reasoning_output_tokens),
  };
}

/** A name that a vendor gave (model, request id): one that is no text is undefined, a long one is cut. */
export function checkedName(name: unknown): string | undefined {
  return typeof name === "string" ? name.slice(0, NAME_CHARACTERS) : undefined;
}

/** The end of an answer as records can hold it. Counts that had to be corrected are not the vendor's final ones. */
export function checkedCompletion(completion: Completion): Completion {
  const isCounted = Object.values(completion.usage).every((count) => checkedCount(count) === count);
  return {
    ...completion,
    usage: checkedUsage(completion.usage),
    usageFinal: completion.usageFinal && isCounted,
    model: checkedName(completion.model),
    serviceTier: checkedName(completion.serviceTier),
    requestId: checkedName(completion.requestId),
  };
}

const checkedCount = (count: unknown): number =>
  typeof count === "number" && Number.isInteger(count) && count >= 0 && count <= MOST_TOKENS ? count : 0;
