import { fullBucket, refilled, spent, type TokenBucket, untilOne } from "./token-bucket.ts";

const MINUTE_MS = 60_000;

/** What a request is told. `ask`: nothing was spent, only the object can say. `refused`: there is nothing left for `waitMs`. */
export type Spending = { kind: "allowed" } | { kind: "refused"; waitMs: number } | { kind: "ask" };

/** The least that an isolate has on credit, when that is within the limit: many requests at once are one burst. */
const LEAST_CREDIT = 10;

/**
 * What one isolate spends of a key's requests on credit: up to a second's worth at the full rate, then it settles with the object
 * that keeps the count for all isolates. Half of that is settled behind the answer, so that nobody waits for it; who sends less
 * than that in a minute is not counted across isolates at all. Pure: the time is given.
 */
export class Tab {
  readonly #perMinute: number;
  readonly #credit: number;
  #open = 0;
  #openedAt: number;
  /** Told to the object, which has not answered. */
  #told = 0;
  #settling = 0;
  /** What the object said last, or a full bucket, with all that was spent here since. */
  #bucket: TokenBucket;
  #blockedUntil = 0;

  constructor(perMinute: number, now: number) {
    this.#perMinute = perMinute;
    this.#credit = Math.max(Math.ceil(perMinute / 60), Math.min(LEAST_CREDIT, Math.ceil(perMinute / 10)));
    this.#openedAt = now;
    this.#bucket = fullBucket(perMinute, now);
  }

  /** Spends one, if it may. */
  spend(now: number): Spending {
    if (now < this.#blockedUntil) return { kind: "refused", waitMs: this.waitMs(now) };
    // In a minute the bucket is full again, so what was spent before then counts no more.
    if (now - this.#openedAt >= MINUTE_MS && this.#settling === 0) {
      this.#open = 0;
      this.#openedAt = now;
    }
    const { tokens } = refilled(this.#bucket, this.#perMinute, now);
    if (tokens < 1 || this.#open + this.#told >= this.#credit) return { kind: "ask" };
    this.#open += 1;
    this.#bucket = spent(this.#bucket, 1, this.#perMinute, now);
    return { kind: "allowed" };
  }

  /** How many milliseconds nothing is let through; 0 = something may be. */
  waitMs(now: number): number {
    return Math.max(0, this.#blockedUntil - now);
  }

  /** How many more there may be at `now`, as far as is known here. */
  remaining(now: number): number {
    return Math.max(0, Math.floor(refilled(this.#bucket, this.#perMinute, now).tokens));
  }

  /** Whether it is time to settle behind the answer. */
  get isDue(): boolean {
    return this.#settling === 0 && this.#open * 2 >= this.#credit;
  }

  /** Takes what is open off the tab, to be told to the object. */
  takeOpen(now: number): number {
    const open = this.#open;
    this.#settling += 1;
    this.#told += open;
    this.#open = 0;
    this.#openedAt = now;
    return open;
  }

  /** What the object answered to `told`: the tokens there are. Undefined: it did not answer, and what was taken is let go. */
  settled(told: number, tokens: number | undefined, now: number): void {
    this.#settling -= 1;
    this.#told -= told;
    if (tokens === undefined) return;
    this.#bucket = spent({ tokens, at: now }, this.#open + this.#told, this.#perMinute, now);
    const wait = untilOne({ tokens, at: now }, this.#perMinute);
    this.#blockedUntil = wait === 0 ? 0 : now + wait;
  }
}
