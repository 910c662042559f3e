const MINUTE_MS = 60_000;

/** `tokens` there were at `at` (milliseconds); fewer than none when more was spent than there was. */
export type TokenBucket = { tokens: number; at: number };

/** A bucket that was not touched yet: it holds a minute's worth. */
export const fullBucket = (perMinute: number, now: number): TokenBucket => ({ tokens: perMinute, at: now });

/** The bucket at `now`: it fills steadily, `perMinute` in a minute, up to that many. A clock that went back fills nothing. */
export function refilled({ tokens, at }: TokenBucket, perMinute: number, now: number): TokenBucket {
  const gained = (Math.max(0, now - at) * perMinute) / MINUTE_MS;
  return { tokens: Math.min(perMinute, tokens + gained), at: now };
}

/** The bucket after `count` were spent, whether they were there or not; nobody owes more than a minute's worth. */
export function spent(bucket: TokenBucket, count: number, perMinute: number, now: number): TokenBucket {
  const { tokens } = refilled(bucket, perMinute, now);
  return { tokens: Math.max(-perMinute, tokens - count), at: now };
}

/** The bucket after `count` were spent, and one more if it was asked for and there. */
export function booked(
  bucket: TokenBucket,
  count: number,
  asks: boolean,
  perMinute: number,
  now: number,
): { bucket: TokenBucket; granted: boolean } {
  const after = spent(bucket, count, perMinute, now);
  const granted = asks && after.tokens >= 1;
  return { bucket: granted ? spent(after, 1, perMinute, now) : after, granted };
}

/** How many milliseconds until there is a token; 0 when there is one. */
export const untilOne = ({ tokens }: TokenBucket, perMinute: number): number =>
  tokens >= 1 ? 0 : Math.ceil(((1 - tokens) * MINUTE_MS) / perMinute);
