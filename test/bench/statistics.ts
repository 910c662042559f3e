/** What is told of many measured values, in their own unit. */
export type Summary = { count: number; min: number; p50: number; p99: number; max: number; mean: number };

/**
 * The value that `share` (0–1) of the values do not exceed, by the nearest-rank method: always one that was measured.
 * Throws RangeError for no values or a share outside 0–1.
 */
export function percentile(values: readonly number[], share: number): number {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`a share is from 0 to 1, not ${share}`);
  const sorted = [...values].sort((left, right) => left - right);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError("there are no values");
  return value;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Throws RangeError for no values. */
export function summarise(values: readonly number[]): Summary {
  return {
    count: values.length,
    min: percentile(values, 0),
    p50: median(values),
    p99: percentile(values, 0.99),
    max: percentile(values, 1),
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
  };
}

/** `value` to so many decimals, as a number: the report stays readable as JSON, too. */
export const rounded = (value: number, decimals = 2): number => Number(value.toFixed(decimals));

/** How many times as much as each of `denominators` the `numerators` of the same rounds were: the median of the quotients. */
export function ratioOf(numerators: readonly number[], denominators: readonly number[]): number {
  if (numerators.length !== denominators.length) throw new RangeError("every round has both values");
  return median(numerators.map((numerator, round) => numerator / (denominators[round] ?? Number.NaN)));
}
