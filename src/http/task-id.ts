import { monotonicFactory } from "ulid";
import { AppError } from "../errors.ts";
import { sha256Hex } from "../lib/sha256.ts";

const DERIVED_DIGITS = 40;

/** Makes ids that sort by their time of birth within an isolate. */
export function idFactory(prefix: "task" | "batch" | "flow" | "key" | "hook"): () => string {
  let next: (() => string) | undefined;
  return () => {
    // Workers refuse random numbers until a request runs.
    next ??= monotonicFactory();
    return `${prefix}_${next()}`;
  };
}

/** The key of an `Idempotency-Key` header; undefined when there is none. Throws AppError `invalid_request`. */
export function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(header)) return header;
  const message = "must be 1–255 printable ASCII characters";
  throw new AppError("invalid_request", `Idempotency-Key: ${message}`, [{ path: "Idempotency-Key", message }]);
}

/** The id that a workspace's Idempotency-Key stands for on one route: always the same, and no other key's. */
export async function derivedTaskId(workspace: string, route: string, key: string): Promise<string> {
  return `idem-${(await sha256Hex([workspace, route, key].join("\n"))).slice(0, DERIVED_DIGITS)}`;
}
