import type { DatedPrices, ListPrices } from "../catalogue-model.ts";

/** One price for every day and every prompt length, in US dollars per million tokens. */
export const always = (base: ListPrices): readonly DatedPrices[] => [{ effective_from: null, effective_until: null, base }];
