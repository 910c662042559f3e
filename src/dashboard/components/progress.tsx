import { statusText } from "../words.ts";
import { toneOf } from "./status-badge.tsx";
import { countText } from "./tokens.tsx";

/** How many there are of a status. */
export type StatusCount = { status: string; count: number };

/** How far many tasks are: a bar with a stretch for each status, and the same in words. `counts` are in the order shown. */
export function Progress({ counts, total, label }: { counts: readonly StatusCount[]; total: number; label: string }) {
  const present = counts.filter(({ count }) => count > 0);
  const words = present.map(({ status, count }) => `${countText(count)} ${statusText(status)}`).join(", ");
  return (
    <div class="progress">
      <svg class="progress-bar" viewBox="0 0 100 1" preserveAspectRatio="none" role="img" aria-label={`${label}: ${words}`}>
        {stretches(present, total).map(({ status, from, length }) => (
          <rect class={`tone-${toneOf(status)}`} x={from} y={0} width={length} height={1} />
        ))}
      </svg>
      <span class="progress-words">
        {words === "" ? "nothing yet" : words} of {countText(total)}
      </span>
    </div>
  );
}

/** Where each status begins and how long it is, in percent of `total`. */
export function stretches(counts: readonly StatusCount[], total: number): { status: string; from: number; length: number }[] {
  const percent = (count: number) => (total <= 0 ? 0 : (count / total) * 100);
  let before = 0;
  return counts.map(({ status, count }) => {
    const from = percent(before);
    before += count;
    return { status, from, length: percent(count) };
  });
}
