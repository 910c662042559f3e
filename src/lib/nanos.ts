/** Nano-dollars in a US dollar. */
export const NANOS_PER_DOLLAR = 1_000_000_000;

/** Nano-dollars as US dollars; null (not known) stays null. */
export const dollars = (nanos: number | null): number | null => (nanos === null ? null : nanos / NANOS_PER_DOLLAR);

/** US dollars as whole nano-dollars, to the nearest; null (not known) stays null. */
export const nanosOf = (amount: number | null): number | null => (amount === null ? null : Math.round(amount * NANOS_PER_DOLLAR));

/** The sum of costs; null when one of them is not known. */
export const totalNanos = (costs: readonly (number | null)[]): number | null =>
  costs.reduce<number | null>((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0);
