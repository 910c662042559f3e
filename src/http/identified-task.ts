import { AppError } from "../errors.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import { sha256Hex } from "../lib/sha256.ts";
import type { Call, Operation } from "./operation.ts";
import { derivedTaskId, idempotencyKey, idFactory } from "./task-id.ts";

const newTaskId = idFactory("task");

/** `identity` is what makes two bodies the same; `route` is part of what an Idempotency-Key stands for; `newId` makes an id, default a task's. */
export type Identity = { taskId: string | undefined; route: string; identity: unknown; newId?: () => string };

/** `isDerived`: the id comes from an Idempotency-Key. */
export type IdentifiedTask = { taskId: string; hash: string; isDerived: boolean };

/** The id of what a call creates: the one it names, the one its Idempotency-Key stands for, else a new one. Throws AppError `invalid_request`. */
export async function identifiedTask(
  { context, principal }: Pick<Call<Operation & { scope: "delegate" }>, "context" | "principal">,
  { taskId, route, identity, newId = newTaskId }: Identity,
): Promise<IdentifiedTask> {
  const header = idempotencyKey(context.req.header("idempotency-key"));
  const isDerived = taskId === undefined && header !== undefined;
  const derived = isDerived ? await derivedTaskId(principal.workspace, route, header) : newId();
  return { taskId: taskId ?? derived, hash: await sha256Hex(canonicalJson(identity)), isDerived };
}

/** The refusal of an id that another body has, or had: `conflict`, `idempotency_mismatch` or `gone`. */
export function refusedTask({ kind }: { kind: "gone" | "conflict" }, { taskId, isDerived }: IdentifiedTask): AppError {
  if (kind === "gone") return new AppError("gone", `The delegation ${taskId} was deleted; its id is not used again.`);
  if (isDerived) return new AppError("idempotency_mismatch", "This Idempotency-Key came with another body before.");
  const message = `The task_id ${taskId} is taken by a delegation with another body.`;
  return new AppError("conflict", message, [{ path: "task_id", message: "is taken" }]);
}
