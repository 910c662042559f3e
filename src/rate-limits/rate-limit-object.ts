import { DurableObject } from "cloudflare:workers";
import type { Booked, RateLimitProtocol } from "./rate-limit-rpc.ts";
import { booked, fullBucket, type TokenBucket } from "./token-bucket.ts";

const BUCKET = "bucket";

/** One key's token bucket. It is stored: in memory it would be full again after every rest of ten seconds. */
export class RateLimitObject extends DurableObject<Env> implements RateLimitProtocol {
  async book(count: number, asks: boolean, perMinute: number): Promise<Booked> {
    const now = Date.now();
    const { kv } = this.ctx.storage;
    const { bucket, granted } = booked(kv.get<TokenBucket>(BUCKET) ?? fullBucket(perMinute, now), count, asks, perMinute, now);
    kv.put(BUCKET, bucket);
    return { tokens: bucket.tokens, granted };
  }
}
