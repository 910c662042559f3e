import type { Absent } from "../delegations/delegation-rpc.ts";
import { AppError } from "../errors.ts";
import { identifiedTask } from "./identified-task.ts";
import type { Call, Operation } from "./operation.ts";

/** What is created of many tasks at once, and how a new one gets its id. */
type Kind = { noun: "batch" | "flow"; newId: () => string };

/** `isNew`: nobody can know the id yet. `isDerived`: it comes from an Idempotency-Key. */
export type Creation = { id: string; hash: string; isNew: boolean; isDerived: boolean };

const erased = (noun: Kind["noun"], id: string): string => `The ${noun} ${id} was erased: its retention is over`;

/** The refusal when there is no such batch or flow, or no longer. */
export function absent({ kind }: Absent, noun: Kind["noun"], id: string): AppError {
  if (kind === "gone") return new AppError("gone", `${erased(noun, id)}.`);
  return new AppError("not_found", `There is no ${noun} ${id} in this workspace.`);
}

/** The id of what a call creates, `named` or not, and the SHA-256 of its body without that. Throws AppError `invalid_request`. */
export async function creationOf(
  call: Pick<Call<Operation & { scope: "delegate" }>, "context" | "principal" | "sent">,
  named: string | undefined,
  { noun, newId }: Kind,
): Promise<Creation> {
  const { [`${noun}_id`]: _, ...identity } = call.sent as { [field: string]: unknown };
  const route = noun === "batch" ? "POST /v1/batches" : "POST /v1/flows";
  const { taskId, hash, isDerived } = await identifiedTask(call, { taskId: named, route, identity, newId });
  return { id: taskId, hash, isNew: named === undefined && !isDerived, isDerived };
}

/** The refusal of an id that another body has, or that was erased: `conflict`, `idempotency_mismatch` or `gone`. */
export function refusedCreation(
  { kind }: { kind: "conflict" | "gone" },
  noun: Kind["noun"],
  { id, isDerived }: Creation,
): AppError {
  if (kind === "gone") return new AppError("gone", `${erased(noun, id)}, and its id is not used again.`);
  if (isDerived) return new AppError("idempotency_mismatch", "This Idempotency-Key came with another body before.");
  const message = `The ${noun}_id ${id} is taken by a ${noun} with another body.`;
  return new AppError("conflict", message, [{ path: `${noun}_id`, message: "is taken" }]);
}
