import { scaleLinear } from "d3-scale";

/** When an attempt was: ISO 8601, null where it is not yet. */
export type AttemptTimes = { startedAt: string; firstTokenAt: string | null; endedAt: string | null };
/** Percent of the axis. `firstToken` is where the answer began, null when it did not. */
export type AttemptBar = { from: number; length: number; firstToken: number | null; elapsedMs: number };
export type AttemptLayout = { bars: AttemptBar[]; ticks: { ms: number; at: number }[] };

/** What an attempt is long at least, so that it is seen. */
const LEAST = 0.6;
const TICKS = 4;

/** Attempts on one axis of time that begins with the first of them and ends with the last, or `now` (ms) when one still runs. */
export function attemptLayout(attempts: readonly AttemptTimes[], now: number): AttemptLayout {
  const spans = attempts.map(({ startedAt, firstTokenAt, endedAt }) => ({
    from: Date.parse(startedAt),
    first: firstTokenAt === null ? null : Date.parse(firstTokenAt),
    to: endedAt === null ? now : Date.parse(endedAt),
  }));
  const begin = Math.min(...spans.map(({ from }) => from));
  const end = Math.max(...spans.map(({ to }) => to));
  if (spans.length === 0) return { bars: [], ticks: [] };
  const place = scaleLinear([0, Math.max(1, end - begin)], [0, 100]).clamp(true);
  const bars = spans.map(({ from, first, to }) => {
    const start = Math.min(place(from - begin), 100 - LEAST);
    const length = Math.max(LEAST, place(to - begin) - start);
    return { from: start, length, firstToken: first === null ? null : place(first - begin), elapsedMs: Math.max(0, to - from) };
  });
  return { bars, ticks: place.ticks(TICKS).map((ms) => ({ ms, at: place(ms) })) };
}
