/**
 * Full-jitter exponential delay in milliseconds: a random part of `baseMs * 2 ** failures`, at most `capMs`, never below
 * `floorMs` (a vendor's Retry-After). `random` is 0 ≤ r < 1. Source: AWS, "Exponential Backoff and Jitter" (2015).
 */
export function backoffMs(
  failures: number,
  options: { baseMs: number; capMs: number; floorMs?: number | undefined; random: number },
): number {
  const ceiling = Math.min(options.capMs, options.baseMs * 2 ** Math.min(failures, 30));
  return Math.round((options.floorMs ?? 0) + options.random * ceiling);
}
