import type { SpawnResult } from "./spawn.ts";

/** `cost` is in US dollars; null when that of any result is not known. */
export type Totals = { tokensUsed: number; cost: number | null };

export function totalsOf(results: readonly SpawnResult[]): Totals {
  return {
    tokensUsed: results.reduce((sum, { tokensUsed }) => sum + tokensUsed, 0),
    cost: results.reduce<number | null>((sum, { cost }) => (sum === null || cost === null ? null : sum + cost), 0),
  };
}
