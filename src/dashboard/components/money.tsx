import { exactDollars, shortDollars } from "../../lib/dollar-text.ts";

/** What is to be said below an amount that is shown short: all its digits, when there are more. */
export function exactNote(nanos: number | null): string | undefined {
  if (nanos === null) return "not all of it";
  const exact = exactDollars(nanos);
  return exact === shortDollars(nanos) ? undefined : exact;
}

/** An amount of money from nano-dollars, exact unless `short`, and then exact in its title. Null is said to be unknown. */
export function Money({ nanos, short = false }: { nanos: number | null; short?: boolean }) {
  if (nanos === null) return <span class="unknown">unknown</span>;
  const exact = exactDollars(nanos);
  return (
    <data class="money" value={String(nanos)} title={short ? exact : undefined}>
      {short ? shortDollars(nanos) : exact}
    </data>
  );
}
