/** `tokens` are left, fewer than none when too many were spent; `granted`: there was one for the request that asks. */
export type Booked = { tokens: number; granted: boolean };

/** The object that counts a key's requests for all isolates, named `<workspace>/<key_id>`. */
export interface RateLimitProtocol {
  /** Books `count` requests that were let through on credit; with `asks` one more, if there is a token for it. */
  book(count: number, asks: boolean, perMinute: number): Promise<Booked>;
}
