import type { Position } from "../db/position.ts";
import { AppError } from "../errors.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import { sha256Hex } from "../lib/sha256.ts";

const CHECK_DIGITS = 16;

/** A page's end as text for the caller: bound to the list it was made for, so that it cannot be used with another. */
export async function cursorOf(position: Position, list: unknown): Promise<string> {
  const text = JSON.stringify([position.value, position.id, await checkOf(position, list)]);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The position in a cursor. Throws AppError `invalid_request` for one that was altered or made for another list. */
export async function positionOf(cursor: string, list: unknown): Promise<Position> {
  const [value, id, check, ...rest] = decoded(cursor);
  if (rest.length === 0 && typeof id === "string" && (value === null || typeof value === "number")) {
    const position = { value, id };
    if (check === (await checkOf(position, list))) return position;
  }
  const message = "is not one that this list gave: use next_cursor unchanged, with the same filters and sort";
  throw new AppError("invalid_request", `cursor: ${message}`, [{ path: "cursor", message }]);
}

async function checkOf({ value, id }: Position, list: unknown): Promise<string> {
  return (await sha256Hex(canonicalJson([value, id, list]))).slice(0, CHECK_DIGITS);
}

function decoded(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(atob(cursor.replaceAll("-", "+").replaceAll("_", "/")));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
