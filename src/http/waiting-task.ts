import type { BatchProtocol } from "../batches/batch-rpc.ts";
import { createDatabase } from "../db/client.ts";
import { findDelegationRow } from "../db/list-delegations.ts";
import type { Delegation } from "../delegations/delegation.ts";
import { absentDelegation } from "./delegation-path.ts";
import { batchObject, delegationObject, type HttpContext } from "./http-env.ts";

/** The batch of a task that no object knows (yet), by the list; undefined when it has none. */
export async function batchOf(context: HttpContext, workspace: string, taskId: string): Promise<BatchProtocol | undefined> {
  const row = await findDelegationRow(createDatabase(context.env.DB), workspace, taskId);
  return row?.batch_id ? batchObject(context.env, workspace, row.batch_id) : undefined;
}

/**
 * A task that was accepted with its batch and that no object knows yet, or that is started within `waitMs` and then final or
 * not. Throws AppError `not_found` or `gone`.
 */
export async function readWaiting(context: HttpContext, workspace: string, taskId: string, waitMs: number): Promise<Delegation> {
  const begun = Date.now();
  const batch = await batchOf(context, workspace, taskId);
  const waiting = (await batch?.waiting(taskId, waitMs)) ?? { kind: "unknown" };
  if (waiting.kind === "waiting") return waiting.delegation;
  if (waiting.kind === "unknown") throw absentDelegation(waiting, taskId);
  const leftMs = Math.max(0, waitMs - (Date.now() - begun));
  const outcome = await delegationObject(context.env, workspace, taskId).read(leftMs);
  if (outcome.kind !== "found") throw absentDelegation(outcome, taskId);
  return outcome.delegation;
}
