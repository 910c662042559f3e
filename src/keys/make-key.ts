import type { KeyRow } from "../db/keys.ts";
import { AppError } from "../errors.ts";
import { sha256Hex } from "../lib/sha256.ts";
import type { KeyInput } from "./key.ts";
import { hintOf, newKey } from "./key-format.ts";
import type { Scope } from "./scopes.ts";

/** What a key is made of besides its secret. Times in milliseconds. */
export type KeyPlan = {
  workspace: string;
  key_id: string;
  name: string;
  scopes: Scope[];
  default_agent: string | null;
  created_by: string;
  created_at: number;
  expires_at: number | null;
  idempotency_key: string | null;
  first_key_id: string | null;
};

/** A new key and the row that is kept of it, in which only its hash stands. */
export async function makeKey(plan: KeyPlan): Promise<{ key: string; row: KeyRow }> {
  const key = newKey();
  const row = { ...plan, hash: await sha256Hex(key), hint: hintOf(key), revoked_at: null, rotated_to: null };
  return { key, row };
}

/** When a key that is made at `now` (milliseconds) expires; null = never. Throws AppError `invalid_request` for a time that is past. */
export function expiryOf({ expires_at, expires_in }: Pick<KeyInput, "expires_at" | "expires_in">, now: number): number | null {
  if (expires_in !== undefined) return now + expires_in * 1_000;
  if (expires_at === undefined) return null;
  const at = Date.parse(expires_at);
  if (at > now) return at;
  const message = "must be in the future";
  throw new AppError("invalid_request", `expires_at: ${message}`, [{ path: "expires_at", message }]);
}
