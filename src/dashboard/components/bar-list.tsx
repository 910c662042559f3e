import type { Child } from "hono/jsx";
import { Money } from "./money.tsx";

/** One bar: whose it is, its nano-dollars (null: not known), and what is to be said of it besides. */
export type Bar = { label: string; href?: string; nanos: number | null; note?: Child };

/** Costs of one kind of group as horizontal bars, in the order given; the longest is the dearest. */
export function BarList({ label, bars }: { label: string; bars: readonly Bar[] }) {
  const longest = Math.max(...bars.map(({ nanos }) => nanos ?? 0), 0);
  return (
    <ul class="bars" aria-label={label}>
      {bars.map((bar) => (
        <li>
          <span class="bar-label">{bar.href === undefined ? bar.label : <a href={bar.href}>{bar.label}</a>}</span>
          <span class="bar-value">
            <Money nanos={bar.nanos} />
          </span>
          <svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
            <rect class="bar-rail" width={100} height={1} />
            <rect class="series-0" width={shareOf(bar.nanos, longest)} height={1} />
          </svg>
          {bar.note !== undefined && <span class="bar-note">{bar.note}</span>}
        </li>
      ))}
    </ul>
  );
}

/** Percent of the longest bar. */
const shareOf = (nanos: number | null, longest: number): number =>
  nanos === null || longest === 0 ? 0 : Math.round((nanos / longest) * 10_000) / 100;
