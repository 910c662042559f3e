import type { Delegation } from "../delegations/delegation.ts";
import type { DelegationSpec } from "../delegations/delegation-rpc.ts";
import { acceptedState, type DelegationState, finishedState } from "../delegations/delegation-state.ts";
import { delegationView } from "../delegations/delegation-view.ts";
import { reportOf, type TaskReport } from "../delegations/task-report.ts";

/** The state of a task before its own object has it: `version` 0 comes before all that the object will write. */
export const waitingState = (spec: DelegationSpec): DelegationState => ({
  ...acceptedState(spec),
  version: 0,
  status: "pending",
});

/** A task that was accepted with its batch and not started yet. */
export const waitingView = (spec: DelegationSpec): Delegation => delegationView(spec, waitingState(spec), null);

const REFUSALS = {
  conflict: "The task_id was taken by a delegation with another body while the batch was accepted.",
  gone: "The task_id belongs to a delegation that was deleted.",
} as const;

/** How a task ends in its batch whose id belongs to another one. */
export function refusedReport(spec: DelegationSpec, refused: keyof typeof REFUSALS, now: number): TaskReport {
  const error = { code: "conflict", message: REFUSALS[refused] };
  return reportOf(delegationView(spec, finishedState(waitingState(spec), { status: "failed", error, now }), null));
}
