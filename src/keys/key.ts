import { z } from "zod";
import type { StoredKey } from "../db/keys.ts";
import { RESERVED_NAMES } from "./principal.ts";
import { SCOPES, type Scope } from "./scopes.ts";

const MOST_LIFE_SECONDS = 315_360_000;
const DEFAULT_OVERLAP_SECONDS = 86_400;
const MOST_OVERLAP_SECONDS = 604_800;

export const KeyId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/)
  .meta({ example: "key_01JD8R3V0Q1M9ZJ6X1W3T4K5N6" });

const Name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]*$/u, "must not have control characters")
  .refine((name) => !RESERVED_NAMES.includes(name.toLowerCase()), `must not be one of: ${RESERVED_NAMES.join(", ")}`)
  .meta({ description: "Goes on record with all that is done with the key." });

const Scopes = z
  .array(z.enum(SCOPES))
  .min(1)
  .max(SCOPES.length)
  .transform((scopes) => SCOPES.filter((scope) => scopes.includes(scope)))
  .meta({ description: "What its holder may do; no scope includes another." });

/** The body of `POST /v1/keys`. */
export const KeyInput = z
  .strictObject({
    name: Name,
    scopes: Scopes,
    expires_at: z.iso.datetime({ offset: true }).optional().meta({ description: "From then on it is refused. Absent: never." }),
    expires_in: z.int().min(1).max(MOST_LIFE_SECONDS).optional().meta({ description: "The same in seconds from now." }),
    default_agent: z.string().min(1).max(63).optional().meta({ description: "The agent of its delegations that name none." }),
  })
  .refine(({ expires_at, expires_in }) => expires_at === undefined || expires_in === undefined, {
    path: ["expires_in"],
    message: "comes instead of expires_at, not beside it",
  })
  .meta({ id: "KeyInput" });
export type KeyInput = z.infer<typeof KeyInput>;

/** The body of `POST /v1/keys/{key_id}/rotate`. */
export const RotateInput = z
  .strictObject({
    overlap: z
      .int()
      .min(0)
      .max(MOST_OVERLAP_SECONDS)
      .default(DEFAULT_OVERLAP_SECONDS)
      .meta({ description: "For how many seconds the old key still works." }),
  })
  .meta({ id: "RotateInput" });
export type RotateBody = z.input<typeof RotateInput>;

const Time = z.iso.datetime().meta({ example: "2026-11-22T10:30:45.123Z" });

/** A key as the API shows it: never the key itself. */
export const Key = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    hint: z.string().meta({ description: "The end of the key." }),
    default_agent: z.string().nullable(),
    created_at: Time,
    created_by: z.string(),
    expires_at: Time.nullable(),
    revoked_at: Time.nullable(),
    rotated_to: z.string().nullable().meta({ description: "The id of the key that takes its place." }),
  })
  .meta({ id: "Key" });
export type Key = z.infer<typeof Key>;

/** The answer that creates a key: the only one that shows it. */
export const NewKey = Key.extend({
  key: z.string().meta({ description: "The key itself. It is shown this once: only its SHA-256 is kept." }),
}).meta({ id: "NewKey" });
export type NewKey = z.infer<typeof NewKey>;

export function keyView(row: StoredKey): Key {
  return {
    id: row.key_id,
    name: row.name,
    scopes: scopesOf(row),
    hint: row.hint,
    default_agent: row.default_agent,
    created_at: timeOf(row.created_at),
    created_by: row.created_by,
    expires_at: row.expires_at === null ? null : timeOf(row.expires_at),
    revoked_at: row.revoked_at === null ? null : timeOf(row.revoked_at),
    rotated_to: row.rotated_to,
  };
}

/** What a stored key allows: what of it cannot be read allows nothing. */
export function scopesOf({ scopes }: Pick<StoredKey, "scopes">): Scope[] {
  return Array.isArray(scopes) ? SCOPES.filter((scope) => scopes.includes(scope)) : [];
}

/** On whose account goes what is done with a key. */
export const accountOf = ({ first_key_id, key_id }: Pick<StoredKey, "first_key_id" | "key_id">): string => first_key_id ?? key_id;

const timeOf = (at: number): string => new Date(at).toISOString();
