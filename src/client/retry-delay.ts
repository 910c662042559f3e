import type { DeputeError } from "./depute-error.ts";

const FIRST_MS = 250;
const LONGEST_MS = 8_000;
const PATIENCE_MS = 60_000;

/** Too many requests; and what a proxy says whose server is gone or too slow, or the server itself: not now. */
const PASSING: readonly (number | undefined)[] = [429, 502, 503, 504];

/**
 * Milliseconds until the same call may be made again, or undefined when that cannot help: only after a lost connection, 429,
 * 502, 503 and 504, never sooner than the server asked for, and not at all when it asked for more than a minute. `retry` is 0
 * for the first one; `random` is in [0, 1).
 */
export function retryDelayMs({ code, status, retryAfterMs = 0 }: DeputeError, retry: number, random: number): number | undefined {
  const isPassing = code === "unreachable" || PASSING.includes(status);
  if (!isPassing || retryAfterMs > PATIENCE_MS) return undefined;
  return Math.max(retryAfterMs, backoffMs(retry, random));
}

/** Doubles with each retry, half of it random. */
export function backoffMs(retry: number, random: number): number {
  const longest = Math.min(FIRST_MS * 2 ** retry, LONGEST_MS);
  return longest / 2 + (longest / 2) * random;
}
