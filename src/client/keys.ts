import type { Key, KeyInput, NewKey, RotateBody } from "../keys/key.ts";
import { ask, type CallOptions, each, find, type Page, type PageOptions, page, pathOf } from "./ask.ts";
import { type Camel, type Input, snake } from "./camel-case.ts";
import type { Transport } from "./transport.ts";

/** What is known of a key; never the key itself. */
export type KeyRecord = Camel<Key>;
/** The same with `key`, which is shown this once. */
export type NewKeyRecord = Camel<NewKey>;

/** The keys of the workspace, for the scope admin. */
export const keys = (transport: Transport) => ({
  /**
   * Makes a key. Should the answer be lost the key is there, and nobody knows it: this throws DeputeError `already_created`,
   * whose message has the id to revoke.
   */
  create: (input: Input<KeyInput>, options: CallOptions = {}): Promise<NewKeyRecord> =>
    ask<NewKey>(transport, { method: "POST", path: "/v1/keys", body: snake(input), again: "by key", ...options }),
  /** Newest first, those that are revoked or expired too. */
  list: (options: CallOptions = {}): AsyncGenerator<KeyRecord> => each<Key>(transport, "/v1/keys", {}, options),
  /** One page of the same. */
  page: (options: PageOptions = {}): Promise<Page<KeyRecord>> => page<Key>(transport, "/v1/keys", {}, options),
  /** One key; null when there is none of this id. */
  get: (keyId: string, options: CallOptions = {}): Promise<KeyRecord | null> =>
    find<Key>(transport, pathOf("keys", keyId), options),
  /** Replaces it by a new one; the old one works for `overlap` seconds more. A lost answer is told as with `create`. */
  rotate: (keyId: string, input: Input<RotateBody> = {}, options: CallOptions = {}): Promise<NewKeyRecord> => {
    const path = pathOf("keys", keyId, "rotate");
    return ask<NewKey>(transport, { method: "POST", path, body: snake(input), again: "by key", ...options });
  },
  /** Revokes it for good. */
  revoke: (keyId: string, options: CallOptions = {}): Promise<KeyRecord> =>
    ask<Key>(transport, { method: "DELETE", path: pathOf("keys", keyId), again: "freely", ...options }),
});
