import type { DelegationSpec } from "./delegation-rpc.ts";
import { acceptedState, finishedState } from "./delegation-state.ts";
import { delegationView } from "./delegation-view.ts";
import { reportOf, type TaskReport } from "./task-report.ts";

const REFUSALS = {
  conflict: "The task_id is taken by a delegation with another body.",
  gone: "The task_id belongs to a delegation that was deleted.",
} as const;

/** How a task ends for those who wait for it whose id belongs to another one. */
export function refusedReport(spec: DelegationSpec, refused: keyof typeof REFUSALS, now: number): TaskReport {
  const error = { code: "conflict", message: REFUSALS[refused] };
  return reportOf(delegationView(spec, finishedState(acceptedState(spec), { status: "failed", error, now }), null));
}
