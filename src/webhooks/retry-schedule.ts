const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long after each failed attempt the next one is made, in milliseconds: eight attempts in about 28 hours. */
export const RETRY_DELAYS_MS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR] as const;
/** So much earlier or later, so that what failed together does not come back together. */
const JITTER = 0.1;
/** The longest that a receiver may ask to be left alone. */
const MAX_RETRY_AFTER_MS = 24 * HOUR;

/** An endpoint of which every delivery failed for so long is disabled. */
export const DISABLED_AFTER_MS = 5 * 24 * HOUR;

/**
 * When the next attempt is due after so many failed ones; undefined when there is none. A `Retry-After` counts when it is later. `random`
 * is 0 ≤ r < 1, times in milliseconds.
 */
export function nextAttemptAt(
  failures: number,
  { now, random, retryAfterMs = 0 }: { now: number; random: number; retryAfterMs?: number | undefined },
): number | undefined {
  const delay = RETRY_DELAYS_MS[failures - 1];
  if (delay === undefined) return undefined;
  const spread = delay * (1 - JITTER + 2 * JITTER * random);
  return now + Math.round(Math.max(spread, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS)));
}

/** The milliseconds that a `Retry-After` header asks for, in seconds or as a date; undefined when it is neither. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * SECOND;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
