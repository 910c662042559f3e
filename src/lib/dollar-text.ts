import { NANOS_PER_DOLLAR } from "./nanos.ts";

const NANOS_PER_CENT = 10_000_000;
const DECIMALS = 9;

/** Nano-dollars as US dollars with every digit there is, cents at least; "unknown" when not known. */
export function exactDollars(nanos: number | null): string {
  if (nanos === null) return "unknown";
  const whole = Math.floor(Math.abs(nanos) / NANOS_PER_DOLLAR);
  const rest = String(Math.abs(nanos) % NANOS_PER_DOLLAR).padStart(DECIMALS, "0");
  return `${nanos < 0 ? "−" : ""}$${whole.toLocaleString("en-US")}.${rest.replace(/0{1,7}$/, "")}`;
}

/** The same for where there is little room: cents from a dollar on, else three digits that count. */
export function shortDollars(nanos: number | null): string {
  if (nanos === null) return "unknown";
  const isSmall = Math.abs(nanos) < 0.995 * NANOS_PER_DOLLAR;
  const rounded = isSmall ? Number(nanos.toPrecision(3)) : Math.round(nanos / NANOS_PER_CENT) * NANOS_PER_CENT;
  return exactDollars(Math.round(rounded));
}
