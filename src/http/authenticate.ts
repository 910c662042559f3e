import type { Config } from "../config.ts";
import { AppError } from "../errors.ts";
import { constantTimeEqual } from "../lib/constant-time-equal.ts";

export const SCOPES = ["delegate", "read", "approve", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** Who calls: everything they read or write belongs to `workspace`; `key` is the name that goes on record. */
export type Principal = { workspace: string; key: string; scopes: ReadonlySet<Scope> };

const OWNER: Principal = { workspace: "default", key: "owner", scopes: new Set(SCOPES) };

/**
 * Says who holds the key of an `Authorization` header. Throws AppError `unauthorized`, or `unavailable` while the deployment
 * has no owner key and so serves nobody.
 */
export function authenticate(authorization: string | undefined, config: Config): Principal {
  if (config.adminKey === undefined) {
    throw new AppError(
      "unavailable",
      "This deployment has no owner key yet: set the secret DEPUTE_ADMIN_KEY (at least 20 characters).",
    );
  }
  if (authorization === undefined) throw new AppError("unauthorized", "Send your key as `Authorization: Bearer …`.");
  const key = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (key === undefined) throw new AppError("unauthorized", "The Authorization header must read `Bearer ` and then the key.");
  if (!constantTimeEqual(key, config.adminKey)) throw new AppError("unauthorized", "This key is not known.");
  return OWNER;
}

/** Throws AppError `forbidden` unless the caller's key carries `scope`. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (principal.scopes.has(scope)) return;
  throw new AppError(
    "forbidden",
    `This needs a key with the scope ${scope}; yours has ${[...principal.scopes].join(", ") || "none"}.`,
  );
}
