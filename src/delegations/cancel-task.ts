import { CAPABILITIES } from "../providers/capabilities.ts";
import { cancelledState } from "./attempts/after-attempt.ts";
import type { AttemptRun } from "./attempts/attempt-run.ts";
import { turnEnded } from "./attempts/turn-events.ts";
import { type AttemptState, isFinal, runningAttempt, withAttempt } from "./delegation-state.ts";
import type { DelegationTask } from "./delegation-task.ts";
import type { EventBody } from "./events.ts";

/** How long a run may take to close its attempt after its call was aborted. */
const CLOSE_MS = 5_000;

/**
 * Cancels a task wherever it is: before its first attempt, between attempts, in the middle of one (the vendor's connection
 * is closed), or at a vendor that cannot be stopped. A task that ended first stays as it ended. Safe to call twice. `settle`
 * takes the task's turn: it closes an attempt whose run was lost with an earlier instance.
 */
export async function cancelTask(
  task: DelegationTask,
  by: string,
  run: AttemptRun | undefined,
  turn: { now: () => number; settle: () => Promise<void> },
): Promise<void> {
  if (isFinal(task.state)) return;
  const running = runningAttempt(task.state);
  if (running === undefined) return cancelBetween(task, by, turn.now());
  if (run !== undefined) return stopRun(task, by, run);
  if (CAPABILITIES[running.provider].kind === "streaming") {
    request(task, by);
    return turn.settle();
  }
  abandon(task, by, running, turn.now());
}

function cancelBetween(task: DelegationTask, by: string, now: number): void {
  const asked = task.state.status === "needs-approval";
  const said: EventBody[] = asked ? [{ type: "approval.resolved", decision: "rejected", by }] : [];
  task.commit(cancelledState(task.state, by, now), said, { flush: true });
}

/** Ends a task whose attempt is at a vendor that works on its own. */
function abandon(task: DelegationTask, by: string, running: AttemptState, now: number): void {
  const error = { code: "cancelled" as const, message: "The delegation was cancelled." };
  const closed: AttemptState = { ...running, status: "cancelled", error, ended_at: now };
  const warning = {
    code: "vendor_continues",
    message: `${running.provider} has no way to stop a task: it goes on there, and its cost is still followed.`,
  };
  const cancelled = cancelledState(withAttempt(task.state, closed, [warning]), by, now);
  task.commit(cancelled, turnEnded(closed, cancelled, [warning]), { flush: true });
}

async function stopRun(task: DelegationTask, by: string, run: AttemptRun): Promise<void> {
  request(task, by);
  run.stop("cancelled");
  await task.untilFinal(CLOSE_MS);
  if (isFinal(task.state)) return;
  const message = "The delegation was cancelled; the provider's connection did not close in time.";
  run.close({
    kind: "failed",
    code: "cancelled",
    message,
    free: false,
    retryAfterMs: undefined,
    usage: run.usage,
    model: undefined,
    requestId: undefined,
  });
}

function request(task: DelegationTask, by: string): void {
  if (task.state.cancel_requested_by !== null) return;
  task.commit({ ...task.state, version: task.state.version + 1, cancel_requested_by: by }, [], { flush: false });
}
