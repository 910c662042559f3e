import { rejectedState } from "./attempts/after-attempt.ts";
import { approvedState } from "./delegation-state.ts";
import type { DelegationTask } from "./delegation-task.ts";

/** Answers a task that waits for approval; false when it waits for none, or was answered otherwise. The same answer again is true. */
export function decideTask(task: DelegationTask, decision: "approve" | "reject", by: string, now: number): boolean {
  const { state, spec } = task;
  if (state.status !== "needs-approval") return state.decision?.decision === decision;
  const next = decision === "approve" ? approvedState(state, spec, by, now) : rejectedState(state, by, now);
  const resolved = decision === "approve" ? ("approved" as const) : ("rejected" as const);
  task.commit(next, [{ type: "approval.resolved", decision: resolved, by }], { flush: true });
  return true;
}
