const NANOS_PER_DOLLAR = 1_000_000_000;

/** Nano-dollars as US dollars; null (not known) stays null. */
export const dollars = (nanos: number | null): number | null => (nanos === null ? null : nanos / NANOS_PER_DOLLAR);

/** US dollars as whole nano-dollars, to the nearest; null (not known) stays null. */
export const nanosOf = (amount: number | null): number | null => (amount === null ? null : Math.round(amount * NANOS_PER_DOLLAR));
