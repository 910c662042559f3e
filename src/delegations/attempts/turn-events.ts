import { dollars } from "../../lib/nanos.ts";
import type { Warning } from "../delegation.ts";
import { type AttemptState, type DelegationState, isFinal } from "../delegation-state.ts";
import type { EventBody } from "../events.ts";

/** What is said when an attempt begins. */
export function turnStarted(attempt: AttemptState, warnings: readonly Warning[]): EventBody[] {
  const { number, provider, model, repair } = attempt;
  return [{ type: "turn.started", number, provider, model, ...(repair && { repair }) }, ...warned(number, warnings)];
}

/** What is said when it ends; `next` is the state that followed. */
export function turnEnded(attempt: AttemptState, next: DelegationState, warnings: readonly Warning[] = []): EventBody[] {
  const { number, usage, cost_nanos, provider } = attempt;
  const books = { number, usage, cost: dollars(cost_nanos), cost_nanos };
  if (attempt.error === null) return [...warned(number, warnings), { type: "turn.completed", ...books }];
  const retryAt = isFinal(next) || next.due_at === null ? null : new Date(next.due_at).toISOString();
  return [
    ...warned(number, warnings),
    { type: "turn.failed", ...books, error: { ...attempt.error, provider }, retry_at: retryAt },
  ];
}

const warned = (number: number, warnings: readonly Warning[]): EventBody[] =>
  warnings.map((warning) => ({ type: "turn.warning", number, warning }));
