import type { PollOutcome, ProviderError } from "../../providers/provider.ts";
import type { DelegationSpec } from "../delegation-rpc.ts";
import {
  type AttemptState,
  type DelegationState,
  finishedState,
  followedAttempt,
  isFinal,
  withAttempt,
} from "../delegation-state.ts";
import type { EventBody } from "../events.ts";
import { ItemWriter } from "../log/item-writer.ts";
import { afterFailedAttempt } from "./after-attempt.ts";
import type { AttemptResult } from "./run-attempt.ts";
import { settledAttempt } from "./settled-attempt.ts";
import { turnEnded } from "./turn-events.ts";

const FIRST_POLL_MS = 1_000;
const MOST_BETWEEN_POLLS_MS = 30_000;
/** After a cancel or time-out the vendor works on; so long its cost is still asked for. */
const COST_FOLLOWED_MS = 24 * 3_600_000;
/** How long a task is looked for whose creation got no answer, before the attempt fails. */
const LOST_CREATE_MS = 120_000;

export type PolledSituation = {
  spec: DelegationSpec;
  state: DelegationState;
  /** The attempt at hand, as it is in `state`. */
  attempt: AttemptState;
  /** Milliseconds for the attempt; undefined: bounded by the deadline alone. */
  timeoutMs: number | undefined;
  now: number;
  random: number;
};

/** The state that follows one step, and what is said of it. */
export type PolledStep = { state: DelegationState; events: EventBody[] };

/** Polls come at 1 s, 2 s, 4 s … 30 s of the attempt's age: quick tasks answer quickly, long ones cost few requests. */
function nextPollAt(attempt: AttemptState, now: number): number {
  const age = Math.max(0, now - attempt.started_at);
  return now + Math.min(MOST_BETWEEN_POLLS_MS, Math.max(FIRST_POLL_MS, age));
}

/** The vendor's task exists. */
export function afterCreate(at: PolledSituation, handle: string): PolledStep {
  const state = withAttempt(at.state, { ...at.attempt, handle });
  return { state: { ...state, due_at: pollDue(at) }, events: [] };
}

/** The vendor said how its task stands. */
export function afterPoll(at: PolledSituation, outcome: PollOutcome): PolledStep {
  if (isFinal(at.state)) return costFollowed(at, outcome);
  if (outcome.state === "running") return stillRunning(at, outcome);
  if (outcome.state === "failed") {
    const { code, message, requestId } = outcome.error;
    const { usage, model, costNanos } = outcome;
    return closed(at, { ...FAILED, code, message, usage, model, requestId }, costNanos);
  }
  const events: EventBody[] = [];
  const writer = new ItemWriter(
    at.attempt.number,
    (event) => events.push(event),
    () => at.now,
  );
  writer.text(outcome.output);
  writer.end();
  return closed(at, { kind: "answered", completion: outcome.completion }, null, { said: events });
}

/** A request to the vendor was refused or failed: a task that exists is asked again later, a create that failed is a failed attempt. */
export function afterFault(at: PolledSituation, fault: ProviderError): PolledStep {
  const { state, attempt, now } = at;
  const retryAt = now + (fault.retryAfterMs ?? 0);
  if (isFinal(state)) return followed(at, attempt, attempt.handle !== null, retryAt);
  const { usage, cost_nanos, model } = attempt;
  if (attempt.handle !== null) {
    if (isOverdue(at)) return stillRunning(at, { state: "running", usage, costNanos: cost_nanos, model });
    return later(at, Math.min(Math.max(pollDue(at), retryAt), endsAt(at)));
  }
  // What was not refused may have arrived: its task is looked for before another one is created.
  const mayExist = !fault.free && !isOverdue(at) && now - attempt.started_at < LOST_CREATE_MS;
  if (mayExist) return later(at, pollDue(at));
  const { code, message, free, retryAfterMs, requestId } = fault;
  return closed(at, { ...FAILED, code, message, free, retryAfterMs, usage, model, requestId }, free ? 0 : null);
}

const FAILED = { kind: "failed", free: false, retryAfterMs: undefined } as const;

const endsAt = ({ state, attempt, timeoutMs }: PolledSituation): number =>
  Math.min(state.deadline_at, timeoutMs === undefined ? Number.POSITIVE_INFINITY : attempt.started_at + timeoutMs);

const isOverdue = (at: PolledSituation): boolean => at.now >= endsAt(at);

/** The next poll, but no later than the attempt's end. */
const pollDue = (at: PolledSituation): number => Math.min(nextPollAt(at.attempt, at.now), Math.max(at.now, endsAt(at)));

const later = ({ state }: PolledSituation, dueAt: number | null): PolledStep => ({
  state: { ...state, version: state.version + 1, due_at: dueAt },
  events: [],
});

function stillRunning(at: PolledSituation, outcome: Extract<PollOutcome, { state: "running" }>): PolledStep {
  const model = outcome.model ?? at.attempt.model;
  if (!isOverdue(at)) {
    const seen = { ...at.attempt, usage: outcome.usage, cost_nanos: outcome.costNanos, model };
    return { state: { ...withAttempt(at.state, seen), due_at: pollDue(at) }, events: [] };
  }
  const code = at.now >= at.state.deadline_at ? "deadline_exceeded" : "timeout";
  const message = "The provider's task had not ended in time; it goes on there, and its cost is still followed.";
  const result: AttemptResult = { ...FAILED, code, message, usage: outcome.usage, model, requestId: undefined };
  return closed(at, result, outcome.costNanos, { vendorContinues: true });
}

/**
 * Ends the attempt. `costNanos` is what the vendor had billed by then when it did not answer. Work that goes on at the
 * vendor is never begun a second time.
 */
function closed(
  at: PolledSituation,
  result: AttemptResult,
  costNanos: number | null,
  options: { vendorContinues?: boolean; said?: EventBody[] } = {},
): PolledStep {
  const { spec, now, random } = at;
  const { attempt, failure, warnings } = settledAttempt(at.attempt, {
    result,
    firstTokenAt: null,
    now,
    price: result.kind === "answered" ? () => null : () => costNanos,
    invalid: undefined,
    repeatable: options.vendorContinues !== true,
  });
  const ended = withAttempt(at.state, attempt, warnings);
  const next =
    failure === undefined
      ? finishedState(ended, { status: "completed", error: null, now })
      : afterFailedAttempt(ended, spec, failure, { now, random });
  return { state: next, events: [...(options.said ?? []), ...turnEnded(attempt, next, warnings)] };
}

/** A final task whose vendor works on: only the books still move, until the vendor ends. */
function costFollowed(at: PolledSituation, outcome: PollOutcome): PolledStep {
  const { attempt } = at;
  const ended = outcome.state !== "running";
  const cost = outcome.state === "ended" ? (outcome.completion.costNanos ?? null) : outcome.costNanos;
  const usage = outcome.state === "ended" ? outcome.completion.usage : outcome.usage;
  const known = ended && cost !== null;
  const books = {
    ...attempt,
    usage,
    cost_nanos: cost,
    usage_final: known,
    cost_max_nanos: known ? cost : attempt.cost_max_nanos,
  };
  return followed(at, books, !ended, at.now);
}

/** Asks again while the vendor works on; what ended or went on for too long is let go, and the next such attempt is due. */
function followed({ state, now }: PolledSituation, attempt: AttemptState, worksOn: boolean, notBefore: number): PolledStep {
  if (worksOn && now - attempt.started_at < COST_FOLLOWED_MS) {
    const due = Math.max(nextPollAt(attempt, now), notBefore);
    return { state: { ...withAttempt(state, attempt), due_at: due }, events: [] };
  }
  const next = withAttempt(state, { ...attempt, handle: null });
  return { state: { ...next, due_at: followedAttempt(next) === undefined ? null : now + FIRST_POLL_MS }, events: [] };
}
