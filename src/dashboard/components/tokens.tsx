/** A number with its thousands apart. */
export const countText = (count: number): string => count.toLocaleString("en-US");

/** A number of tokens; null is said to be unknown. */
export function Tokens({ count }: { count: number | null }) {
  if (count === null) return <span class="unknown">unknown</span>;
  return <data value={String(count)}>{countText(count)}</data>;
}
