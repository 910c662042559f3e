import { createDatabase, type DatabaseBinding } from "../db/client.ts";
import { findKeyByHash, type StoredKey } from "../db/keys.ts";
import { constantTimeEqual } from "../lib/constant-time-equal.ts";
import { sha256Hex } from "../lib/sha256.ts";
import { accountOf, scopesOf } from "./key.ts";
import { KnownKeys } from "./known-keys.ts";
import type { Principal } from "./principal.ts";

/** A holder and until when (milliseconds) the key is good; null = no end. A revoked key was good until it was revoked. */
export type KeyHolder = { principal: Principal; until: number | null; revoked: boolean };

const caches = new WeakMap<DatabaseBinding, KnownKeys<KeyHolder>>();

/** The holders of the keys in this database, as this isolate knows them. */
export function knownKeysOf(binding: DatabaseBinding): KnownKeys<KeyHolder> {
  const known =
    caches.get(binding) ??
    new KnownKeys(
      (key) => findHolder(binding, key),
      () => Date.now(),
    );
  caches.set(binding, known);
  return known;
}

async function findHolder(binding: DatabaseBinding, key: string): Promise<KeyHolder | undefined> {
  const hash = await sha256Hex(key);
  const row = await findKeyByHash(createDatabase(binding), hash);
  return row !== undefined && constantTimeEqual(hash, row.hash) ? holderOf(row) : undefined;
}

/** Who holds the key of a stored row. */
function holderOf(row: StoredKey): KeyHolder {
  const { workspace, name: key, key_id, default_agent } = row;
  const account = accountOf(row);
  return {
    principal: { workspace, key, key_id, account, scopes: new Set(scopesOf(row)), default_agent, is_owner: false },
    until: row.expires_at,
    revoked: row.revoked_at !== null,
  };
}
