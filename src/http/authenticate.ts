import type { Config } from "../config.ts";
import type { DatabaseBinding } from "../db/client.ts";
import { AppError } from "../errors.ts";
import { isWellFormed, looksLikeKey } from "../keys/key-format.ts";
import { type KeyHolder, knownKeysOf } from "../keys/key-holder.ts";
import type { Later } from "../keys/known-keys.ts";
import { OWNER, type Principal } from "../keys/principal.ts";
import type { Scope } from "../keys/scopes.ts";
import { constantTimeEqual } from "../lib/constant-time-equal.ts";

export type AuthenticateDeps = {
  config: Config;
  /** Asked for a key that is well-formed and not known here, and for nothing else. */
  database: DatabaseBinding;
  now: () => number;
  later: Later;
  /** Called before the database is asked for a key that nobody is known to have held; throws when it is not to be asked. */
  beforeAsking: () => void;
};

/**
 * Says who holds the key of an `Authorization` header; a promise only when the database must be asked. Throws or rejects with
 * AppError `unauthorized`, or `unavailable` while the deployment has no owner key and so serves nobody.
 */
export function authenticate(authorization: string | undefined, deps: AuthenticateDeps): Principal | Promise<Principal> {
  const { config, database, now, later, beforeAsking } = deps;
  if (config.adminKey === undefined) {
    throw new AppError(
      "unavailable",
      "This deployment has no owner key yet: set the secret DEPUTE_ADMIN_KEY (at least 20 characters).",
    );
  }
  const key = keyIn(authorization);
  if (constantTimeEqual(key, config.adminKey)) return OWNER;
  if (!looksLikeKey(key)) throw unknownKey();
  if (!isWellFormed(key)) {
    throw new AppError("unauthorized", "This key is mistyped or cut: its last six characters, a checksum, do not fit the rest.");
  }
  const known = knownKeysOf(database);
  const seen = known.glance(key, later);
  if (seen !== undefined) return principalOf(seen.holder, now());
  if (!known.wasHeld(key)) beforeAsking();
  return known.ask(key).then((holder) => principalOf(holder, now()));
}

/** Throws AppError `forbidden` unless the caller's key carries `scope`. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (principal.scopes.has(scope)) return;
  throw new AppError(
    "forbidden",
    `This needs a key with the scope ${scope}; yours has ${[...principal.scopes].join(", ") || "none"}.`,
  );
}

function keyIn(authorization: string | undefined): string {
  if (authorization === undefined) throw new AppError("unauthorized", "Send your key as `Authorization: Bearer …`.");
  const key = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (key === undefined) throw new AppError("unauthorized", "The Authorization header must read `Bearer ` and then the key.");
  return key;
}

function principalOf(holder: KeyHolder | undefined, now: number): Principal {
  if (holder === undefined) throw unknownKey();
  if (holder.revoked) throw new AppError("unauthorized", "This key was revoked.");
  const { until } = holder;
  if (until !== null && until <= now) throw new AppError("unauthorized", `This key expired at ${new Date(until).toISOString()}.`);
  return holder.principal;
}

const unknownKey = (): AppError => new AppError("unauthorized", "This key is not known.");
