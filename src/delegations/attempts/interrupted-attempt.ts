import { NO_USAGE } from "../../providers/provider.ts";
import type { AttemptState } from "../delegation-state.ts";
import type { DelegationTask } from "../delegation-task.ts";
import type { EventBody } from "../events.ts";
import type { AttemptPlan } from "./attempt-plan.ts";
import { type Settled, settledAttempt } from "./settled-attempt.ts";
import { storedTurn } from "./stored-turn.ts";
import { turnStarted } from "./turn-events.ts";

/**
 * Closes an attempt whose object was killed: with the usage and the text that had been stored. `events` completes the log:
 * the turn's beginning if that was lost with the buffer, and the item that was left open.
 */
export function interruptedAttempt(
  task: DelegationTask,
  attempt: AttemptState,
  plan: Pick<AttemptPlan, "price" | "warnings">,
  now: number,
): { settled: Settled; events: EventBody[] } {
  const stored = storedTurn(task.log, attempt.number);
  const settled = settledAttempt(attempt, {
    result: {
      kind: "failed",
      code: "interrupted",
      message: "The server was stopped while the provider answered.",
      free: false,
      retryAfterMs: undefined,
      usage: stored.checkpoint?.usage ?? NO_USAGE,
      model: stored.checkpoint?.model,
      requestId: stored.checkpoint?.request_id,
    },
    firstTokenAt: stored.checkpoint?.first_token_at ?? null,
    now,
    price: plan.price,
    invalid: undefined,
    repeatable: true,
  });
  const begun = stored.started ? [] : turnStarted(attempt, attempt.number === 1 ? task.state.warnings : plan.warnings);
  const left: EventBody[] = stored.openItem === undefined ? [] : [{ type: "item.completed", item: stored.openItem }];
  return { settled, events: [...begun, ...left] };
}
