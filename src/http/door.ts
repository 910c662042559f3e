import type { Config } from "../config.ts";
import { AppError } from "../errors.ts";
import type { Principal } from "../keys/principal.ts";
import type { RateLimitProtocol } from "../rate-limits/rate-limit-rpc.ts";
import { type Admission, type Quota, RateLimiter } from "../rate-limits/rate-limiter.ts";
import { RefusedCallers } from "../rate-limits/refused-callers.ts";
import { authenticate } from "./authenticate.ts";
import type { Bindings, HttpContext } from "./http-env.ts";

/** The name of the one policy, in the fields of draft-ietf-httpapi-ratelimit-headers-11. */
const POLICY = '"key"';
const WINDOW_SECONDS = 60;

/** Lets callers in: says who they are, and counts what they send. */
export class Door {
  readonly #now: () => number;
  readonly #refused: RefusedCallers;
  readonly #limiters = new WeakMap<Config, RateLimiter>();

  constructor(now: () => number) {
    this.#now = now;
    this.#refused = new RefusedCallers(now);
  }

  /** Who calls. Throws AppError `unauthorized`, `rate_limited` or `unavailable`. */
  async admit(context: HttpContext, config: Config): Promise<Principal> {
    const caller = await this.#callerOf(context, config);
    context.set("caller", caller);
    if (config.rateLimitPerMinute === 0) return caller;
    const counted = this.#limiterOf(context.env, config).admit(`${caller.workspace}/${caller.key_id}`, (work) =>
      context.executionCtx.waitUntil(work),
    );
    const admission: Admission = counted instanceof Promise ? await counted : counted;
    context.set("quota", admission.quota);
    if (admission.kind === "refused") throw tooMany("This key has sent too many requests", admission.retryAfterSeconds);
    return caller;
  }

  /** Refusals count against the address, which only the platform tells; without one (another server in front) nothing is counted. */
  async #callerOf(context: HttpContext, config: Config): Promise<Principal> {
    const address = context.req.header("cf-connecting-ip");
    try {
      const caller = authenticate(context.req.header("authorization"), {
        config,
        database: context.env.DB,
        now: this.#now,
        later: (work) => context.executionCtx.waitUntil(work),
        beforeAsking: () => this.#refuseTooMany(address),
      });
      return caller instanceof Promise ? await caller : caller;
    } catch (thrown) {
      if (address !== undefined && thrown instanceof AppError && thrown.code === "unauthorized") {
        this.#refuseTooMany(address);
        this.#refused.count(address);
      }
      throw thrown;
    }
  }

  #refuseTooMany(address: string | undefined): void {
    const waitMs = address === undefined ? 0 : this.#refused.waitMs(address);
    if (waitMs > 0) throw tooMany("Too many requests without a valid key came from this address", Math.ceil(waitMs / 1_000));
  }

  #limiterOf(env: Bindings, config: Config): RateLimiter {
    const known =
      this.#limiters.get(config) ??
      new RateLimiter(config.rateLimitPerMinute, {
        objectOf: (name) => env.RATE_LIMITS.getByName(name) as unknown as RateLimitProtocol,
        now: this.#now,
      });
    this.#limiters.set(config, known);
    return known;
  }
}

/** What a caller is told of its limit, as header fields. */
export const quotaFields = ({ limit, remaining, resetSeconds }: Quota): [string, string][] => [
  ["RateLimit-Policy", `${POLICY};q=${limit};w=${WINDOW_SECONDS}`],
  ["RateLimit", `${POLICY};r=${remaining};t=${resetSeconds}`],
];

const tooMany = (what: string, retryAfterSeconds: number): AppError =>
  new AppError("rate_limited", `${what}. Try again in ${retryAfterSeconds} s.`, [], { retryAfterSeconds });
