import { durationText } from "./duration.tsx";

const JUST_NOW_MS = 5_000;
const DAY_CHARACTERS = 10;
const RELATIVE_MS = 7 * 86_400_000;

/** An ISO 8601 time as `2026-11-22 10:30:45 UTC`; what is none stays as it is. */
export const utcText = (at: string): string => (Number.isNaN(Date.parse(at)) ? at : `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`);

/** How long ago a time was when it is `now` (ms); the day itself when it was over a week ago. */
export function agoText(at: string, now: number): string {
  const elapsedMs = now - Date.parse(at);
  if (!(Math.abs(elapsedMs) < RELATIVE_MS)) return utcText(at).slice(0, DAY_CHARACTERS);
  if (Math.abs(elapsedMs) < JUST_NOW_MS) return "just now";
  const coarse = durationText(Math.abs(elapsedMs))
    .replace(/\.\d/, "")
    .replace(/^(\d+ (?:min|h|d)) .*$/, "$1");
  return elapsedMs < 0 ? `in ${coarse}` : `${coarse} ago`;
}

/** A time in UTC, or how long it is ago when `now` (ms) is given; a dash when there is none. */
export function Time({ at, now }: { at: string | null; now?: number }) {
  if (at === null) return <span class="unknown">–</span>;
  return (
    <time datetime={at} title={utcText(at)}>
      {now === undefined ? utcText(at) : agoText(at, now)}
    </time>
  );
}
