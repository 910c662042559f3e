import { z } from "zod";
import { TaskId } from "../delegations/delegation.ts";
import type { Absent } from "../delegations/delegation-rpc.ts";
import { AppError } from "../errors.ts";

export const DelegationPath = z.strictObject({ task_id: TaskId.meta({ description: "The id of the delegation." }) });

/** The refusal when there is no such delegation, or no longer. */
export function absentDelegation(outcome: Absent, taskId: string): AppError {
  if (outcome.kind === "gone") return new AppError("gone", `The delegation ${taskId} was deleted.`);
  return new AppError("not_found", `There is no delegation ${taskId} in this workspace.`);
}
