import { describeError, log } from "../lib/log.ts";
import type { RateLimitProtocol } from "./rate-limit-rpc.ts";
import { Tab } from "./tab.ts";

const MOST_TABS = 10_000;
const MINUTE_SECONDS = 60;

/** What the caller is told: `limit` a minute, `remaining` of them, and in how many seconds all of them are there again. */
export type Quota = { limit: number; remaining: number; resetSeconds: number };

/** `refused`: try again in so many seconds. */
export type Admission = { quota: Quota } & ({ kind: "allowed" } | { kind: "refused"; retryAfterSeconds: number });

export type RateLimiterDeps = {
  /** The object of a key, by `<workspace>/<key_id>`. */
  objectOf: (name: string) => RateLimitProtocol;
  now: () => number;
};

/** Carries on a work after the answer was given. */
type Later = (work: Promise<unknown>) => void;

/** The requests of all keys as one isolate counts them; see Tab for how the isolates agree. Never throws. */
export class RateLimiter {
  readonly #deps: RateLimiterDeps;
  readonly #perMinute: number;
  readonly #tabs = new Map<string, Tab>();

  constructor(perMinute: number, deps: RateLimiterDeps) {
    this.#perMinute = perMinute;
    this.#deps = deps;
  }

  /** Counts one request of a key. Answers at once, except when the isolate's credit is used up. */
  admit(name: string, later: Later): Admission | Promise<Admission> {
    const tab = this.#tabOf(name);
    const spending = tab.spend(this.#deps.now());
    if (spending.kind === "ask") return this.#ask(name, tab);
    if (tab.isDue && spending.kind === "allowed") later(this.#settle(name, tab, false));
    if (spending.kind === "refused") return this.#refusal(spending.waitMs);
    return { kind: "allowed", quota: this.#quota(tab) };
  }

  async #ask(name: string, tab: Tab): Promise<Admission> {
    const granted = await this.#settle(name, tab, true);
    return granted ? { kind: "allowed", quota: this.#quota(tab) } : this.#refusal(tab.waitMs(this.#deps.now()));
  }

  /** Whether the request that asks may go on: it may when the object does not answer, since a limit is no reason to be down. */
  async #settle(name: string, tab: Tab, asks: boolean): Promise<boolean> {
    const open = tab.takeOpen(this.#deps.now());
    try {
      const { tokens, granted } = await this.#deps.objectOf(name).book(open, asks, this.#perMinute);
      tab.settled(open, tokens, this.#deps.now());
      return granted;
    } catch (cause) {
      tab.settled(open, undefined, this.#deps.now());
      log.warn({ cause: describeError(cause) }, "the rate limit of a key is not counted: its object does not answer");
      return true;
    }
  }

  #refusal(waitMs: number): Admission {
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
    return {
      kind: "refused",
      retryAfterSeconds,
      quota: { limit: this.#perMinute, remaining: 0, resetSeconds: retryAfterSeconds },
    };
  }

  #quota(tab: Tab): Quota {
    const remaining = tab.remaining(this.#deps.now());
    const missing = (this.#perMinute - remaining) / this.#perMinute;
    return { limit: this.#perMinute, remaining, resetSeconds: Math.max(1, Math.ceil(missing * MINUTE_SECONDS)) };
  }

  #tabOf(name: string): Tab {
    const known = this.#tabs.get(name);
    if (known !== undefined) return known;
    const [oldest] = this.#tabs.keys();
    if (this.#tabs.size >= MOST_TABS && oldest !== undefined) this.#tabs.delete(oldest);
    const tab = new Tab(this.#perMinute, this.#deps.now());
    this.#tabs.set(name, tab);
    return tab;
  }
}
