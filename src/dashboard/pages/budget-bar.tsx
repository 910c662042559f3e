import type { BudgetRecord } from "../../client/budgets.ts";
import { Money } from "../components/money.tsx";

/** How much of a budget is spent and held, as a bar and in words. */
export function BudgetBar({ budget }: { budget: BudgetRecord }) {
  const { name, scope, subject, period, limitNanos, spentNanos, reservedNanos, exceededAt } = budget;
  const spent = shareOf(spentNanos, limitNanos);
  const held = Math.min(shareOf(reservedNanos, limitNanos), 100 - spent);
  return (
    <li>
      <span class="bar-label">
        {name} <span class="muted">{`${subject === null ? scope : `${scope} ${subject}`}, ${period}`}</span>
      </span>
      <span class="bar-value">
        <Money nanos={spentNanos} /> of <Money nanos={limitNanos} />
      </span>
      <svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <rect class="bar-rail" width={100} height={1} />
        <rect class={exceededAt === null ? "series-0" : "tone-bad"} width={spent} height={1} />
        <rect class="tone-ask" x={spent} width={held} height={1} />
      </svg>
      <span class="bar-note">
        {reservedNanos > 0 && (
          <>
            <Money nanos={reservedNanos} /> held for what runs.{" "}
          </>
        )}
        {exceededAt !== null && "Exceeded: it refuses what costs."}
      </span>
    </li>
  );
}

/** Percent, at most 100. */
const shareOf = (nanos: number, limitNanos: number): number =>
  limitNanos === 0 ? 100 : Math.min(100, Math.round((nanos / limitNanos) * 10_000) / 100);
