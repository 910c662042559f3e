/** US dollars for people: cents when there are any, else what is there; "?" when not known. */
export function dollars(cost: number | null): string {
  if (cost === null) return "$?";
  return `$${cost.toFixed(cost >= 1 || cost === 0 ? 2 : 6)}`;
}

/** Thousands apart. */
export const count = (number: number): string => number.toLocaleString("en-US");
