import { fullBucket, spent, type TokenBucket, untilOne } from "./token-bucket.ts";

/** How many requests without a valid key one address may send in a minute, per isolate. */
const PER_MINUTE = 300;
const MOST_ADDRESSES = 10_000;

/**
 * The addresses that send requests without a valid key, as one isolate sees them: who sends too many is not looked up any more.
 * Bounded; the address that was entered first is forgotten first.
 */
export class RefusedCallers {
  readonly #now: () => number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Counts one more refusal. */
  count(address: string): void {
    const bucket = this.#buckets.get(address) ?? fullBucket(PER_MINUTE, this.#now());
    const [oldest] = this.#buckets.keys();
    if (!this.#buckets.has(address) && this.#buckets.size >= MOST_ADDRESSES && oldest !== undefined) this.#buckets.delete(oldest);
    this.#buckets.set(address, spent(bucket, 1, PER_MINUTE, this.#now()));
  }

  /** For how many milliseconds the address is not looked up; 0 = it is. */
  waitMs(address: string): number {
    const bucket = this.#buckets.get(address);
    return bucket === undefined ? 0 : untilOne(spent(bucket, 0, PER_MINUTE, this.#now()), PER_MINUTE);
  }
}
