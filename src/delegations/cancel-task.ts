import { cancelledState } from "./after-attempt.ts";
import type { AttemptRun } from "./attempt-run.ts";
import { type AttemptState, isFinal, runningAttempt, withAttempt, withWarnings } from "./delegation-state.ts";
import type { DelegationTask } from "./delegation-task.ts";
import { nextPollAt } from "./polled-attempt.ts";
import { turnEnded } from "./turn-events.ts";

/** How long a run may take to close its attempt after its call was aborted. */
const CLOSE_MS = 5_000;

/**
 * Cancels a task wherever it is: before its first attempt, between attempts, in the middle of one (the vendor's connection
 * is closed), or at a vendor that cannot be stopped. A task that ended first stays as it ended. Safe to call twice.
 */
export async function cancelTask(
  task: DelegationTask,
  by: string,
  run: AttemptRun | undefined,
  now: () => number,
): Promise<void> {
  if (isFinal(task.state)) return;
  const running = runningAttempt(task.state);
  if (run !== undefined && running !== undefined) return stopRun(task, by, run);
  const decided = task.state.status === "needs-approval";
  const state = running === undefined ? task.state : withAttempt(task.state, abandoned(running, now()));
  const cancelled = cancelledState({ ...state, cancel_requested_by: by }, by, now());
  if (running === undefined) {
    return task.commit(cancelled, decided ? [{ type: "approval.resolved", decision: "rejected", by }] : [], { flush: true });
  }
  const closed = abandoned(running, now());
  if (running.handle === null) return task.commit(cancelled, turnEnded(closed, cancelled), { flush: true });
  const warning = {
    code: "vendor_continues",
    message: `${running.provider} has no way to stop a task: it goes on there, and its cost is still followed.`,
  };
  const followed = { ...cancelled, due_at: nextPollAt(running, now()), warnings: withWarnings(cancelled.warnings, [warning]) };
  task.commit(followed, [{ type: "turn.warning", number: running.number, warning }, ...turnEnded(closed, followed)], {
    flush: true,
  });
}

async function stopRun(task: DelegationTask, by: string, run: AttemptRun): Promise<void> {
  if (task.state.cancel_requested_by === null) {
    task.commit({ ...task.state, version: task.state.version + 1, cancel_requested_by: by }, [], { flush: false });
  }
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

function abandoned(attempt: AttemptState, now: number): AttemptState {
  return {
    ...attempt,
    status: "cancelled",
    error: { code: "cancelled", message: "The delegation was cancelled." },
    ended_at: now,
    usage_final: false,
  };
}
