import { AppError } from "../errors.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import { sha256Hex } from "../lib/sha256.ts";
import type { Call, Operation } from "./operation.ts";
import { derivedTaskId, idempotencyKey } from "./task-id.ts";

/** What is created of many tasks: how it is called, where, and how a new one gets its id. */
type Kind = { noun: "batch" | "flow"; newId: () => string };

/** `isNew`: nobody can know the id yet. `isDerived`: it comes from an Idempotency-Key. */
export type Creation = { id: string; hash: string; isNew: boolean; isDerived: boolean };

/**
 * The id of what a call creates (the one it names, the one its Idempotency-Key stands for, else a new one), and the SHA-256
 * of its body without that id. Throws AppError `invalid_request`.
 */
export async function creationOf(
  { context, principal, sent }: Pick<Call<Operation & { scope: "delegate" }>, "context" | "principal" | "sent">,
  named: string | undefined,
  { noun, newId }: Kind,
): Promise<Creation> {
  const { [`${noun}_id`]: _, ...identity } = sent as { [field: string]: unknown };
  const hash = await sha256Hex(canonicalJson(identity));
  const header = idempotencyKey(context.req.header("idempotency-key"));
  const isDerived = named === undefined && header !== undefined;
  const route = noun === "batch" ? "POST /v1/batches" : "POST /v1/flows";
  const derived = isDerived ? await derivedTaskId(principal.workspace, route, header) : newId();
  return { id: named ?? derived, hash, isNew: named === undefined && !isDerived, isDerived };
}

/** The refusal of an id that another body has: `conflict` or `idempotency_mismatch`. */
export function takenBy(noun: Kind["noun"], { id, isDerived }: Creation): AppError {
  if (isDerived) return new AppError("idempotency_mismatch", "This Idempotency-Key came with another body before.");
  const message = `The ${noun}_id ${id} is taken by a ${noun} with another body.`;
  return new AppError("conflict", message, [{ path: `${noun}_id`, message: "is taken" }]);
}
