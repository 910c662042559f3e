import { type PollingProvider, type PollOutcome, ProviderError, type ProviderRequest } from "../providers/provider.ts";
import { afterFailedAttempt } from "./after-attempt.ts";
import { type AttemptState, type DelegationState, finishedState, isFinal, withAttempt } from "./delegation-state.ts";
import type { DelegationTask } from "./delegation-task.ts";
import { ItemWriter } from "./item-writer.ts";
import type { AttemptResult } from "./run-attempt.ts";
import { type Price, settledAttempt } from "./settled-attempt.ts";
import { turnEnded } from "./turn-events.ts";

const FIRST_POLL_MS = 1_000;
const MOST_BETWEEN_POLLS_MS = 30_000;
/** How long one request to the vendor's task API may take. */
const REQUEST_MS = 30_000;
/** After a cancel or time-out the vendor works on; so long its cost is still asked for. */
const COST_FOLLOWED_MS = 24 * 3_600_000;

export type PolledAttemptDeps = {
  provider: PollingProvider;
  request: ProviderRequest;
  price: Price;
  timeoutMs: number | undefined;
  now: () => number;
  random: () => number;
};

/** Polls come at 1 s, 2 s, 4 s … 30 s of the attempt's age: quick tasks answer quickly, long ones cost few requests. */
export function nextPollAt(attempt: AttemptState, now: number): number {
  const age = Math.max(0, now - attempt.started_at);
  return now + Math.min(MOST_BETWEEN_POLLS_MS, Math.max(FIRST_POLL_MS, age));
}

/**
 * One step of an attempt that runs at the vendor: creates its task (after an interrupted create it looks for the task
 * first), or asks once how it stands. Nothing is held between steps: `due_at` says when the next one is due.
 */
export async function stepPolledAttempt(
  task: DelegationTask,
  attempt: AttemptState,
  fresh: boolean,
  deps: PolledAttemptDeps,
): Promise<void> {
  const signal = AbortSignal.timeout(REQUEST_MS);
  try {
    if (attempt.handle === null) {
      const found = fresh ? undefined : await deps.provider.find(deps.request, signal);
      commitHandle(task, attempt, found ?? (await deps.provider.create(deps.request, signal)), deps);
      return;
    }
    commitPoll(task, attempt, await deps.provider.poll(attempt.handle, deps.request, signal), deps);
  } catch (thrown) {
    commitFault(task, attempt, thrown, deps);
  }
}

function commitHandle(task: DelegationTask, attempt: AttemptState, handle: string, deps: PolledAttemptDeps): void {
  const now = deps.now();
  const state = withAttempt(task.state, { ...currentAttempt(task, attempt), handle });
  task.commit({ ...state, due_at: dueNoLaterThan(nextPollAt(attempt, now), attempt, state, deps) }, [], { flush: false });
}

function commitPoll(task: DelegationTask, attempt: AttemptState, outcome: PollOutcome, deps: PolledAttemptDeps): void {
  const now = deps.now();
  if (isFinal(task.state)) return followCost(task, attempt, outcome, now);
  if (outcome.state === "running") return stillRunning(task, attempt, outcome, deps);
  if (outcome.state === "failed") {
    const { code, message, requestId } = outcome.error;
    const result: AttemptResult = {
      kind: "failed",
      code,
      message,
      free: false,
      retryAfterMs: undefined,
      usage: outcome.usage,
      model: outcome.model,
      requestId,
    };
    return closePolled(task, attempt, result, deps, outcome.costNanos);
  }
  const writer = new ItemWriter(attempt.number, (event) => task.log.append(event, now), deps.now);
  writer.text(outcome.output);
  writer.end();
  closePolled(task, attempt, { kind: "answered", completion: outcome.completion }, deps, null);
}

function stillRunning(
  task: DelegationTask,
  attempt: AttemptState,
  outcome: Extract<PollOutcome, { state: "running" }>,
  deps: PolledAttemptDeps,
): void {
  const now = deps.now();
  const current = currentAttempt(task, attempt);
  const seen = { ...current, usage: outcome.usage, cost_nanos: outcome.costNanos, model: outcome.model ?? current.model };
  const due = dueNoLaterThan(nextPollAt(attempt, now), attempt, task.state, deps);
  if (now >= Math.min(task.state.deadline_at, timeoutAt(attempt, deps))) {
    const code = now >= task.state.deadline_at ? "deadline_exceeded" : "timeout";
    const message = "The provider's task had not ended in time; it goes on there, and its cost is still followed.";
    const result: AttemptResult = {
      kind: "failed",
      code,
      message,
      free: false,
      retryAfterMs: undefined,
      usage: seen.usage,
      model: seen.model,
      requestId: undefined,
    };
    return closePolled(task, attempt, result, deps, outcome.costNanos, { vendorContinues: true });
  }
  task.commit({ ...withAttempt(task.state, seen), due_at: due }, [], { flush: false });
}

/** Ends the attempt; `costNanos` is what the vendor had billed by then when it did not answer. Work that goes on there is never begun again. */
function closePolled(
  task: DelegationTask,
  attempt: AttemptState,
  result: AttemptResult,
  deps: PolledAttemptDeps,
  costNanos: number | null,
  options: { vendorContinues?: boolean } = {},
): void {
  const now = deps.now();
  const settled = settledAttempt(currentAttempt(task, attempt), {
    result,
    firstTokenAt: null,
    now,
    price: result.kind === "answered" ? () => null : () => costNanos,
    invalid: undefined,
    repeatable: options.vendorContinues !== true,
  });
  const ended = withAttempt(task.state, settled.attempt, settled.warnings);
  const next =
    settled.failure === undefined
      ? finishedState(ended, { status: "completed", error: null, now })
      : afterFailedAttempt(ended, task.spec, settled.failure, { now, random: deps.random() });
  const followed = options.vendorContinues && isFinal(next) ? { ...next, due_at: nextPollAt(attempt, now) } : next;
  task.commit(followed, turnEnded(settled.attempt, next, settled.warnings), { flush: true });
}

/** A final task whose vendor works on: only the books still move, until the vendor ends. */
function followCost(task: DelegationTask, attempt: AttemptState, outcome: PollOutcome, now: number): void {
  const current = currentAttempt(task, attempt);
  const ended = outcome.state !== "running";
  const cost = outcome.state === "ended" ? (outcome.completion.costNanos ?? null) : outcome.costNanos;
  const usage = outcome.state === "ended" ? outcome.completion.usage : outcome.usage;
  const final = ended && cost !== null;
  const books = {
    ...current,
    usage,
    cost_nanos: cost,
    usage_final: final,
    cost_max_nanos: final ? cost : current.cost_max_nanos,
  };
  const goesOn = !ended && now - attempt.started_at < COST_FOLLOWED_MS;
  task.commit({ ...withAttempt(task.state, books), due_at: goesOn ? nextPollAt(attempt, now) : null }, [], { flush: false });
}

/** A refused or failed request: a task that exists is asked again later, a create that failed is a failed attempt. */
function commitFault(task: DelegationTask, attempt: AttemptState, thrown: unknown, deps: PolledAttemptDeps): void {
  const now = deps.now();
  const fault =
    thrown instanceof ProviderError ? thrown : new ProviderError("provider_upstream", "The request to the provider failed.");
  if (isFinal(task.state) || attempt.handle !== null) {
    const overdue = now >= Math.min(task.state.deadline_at, timeoutAt(attempt, deps));
    if (!isFinal(task.state) && overdue) {
      const { usage, cost_nanos, model } = currentAttempt(task, attempt);
      return stillRunning(task, attempt, { state: "running", usage, costNanos: cost_nanos, model }, deps);
    }
    const goesOn = !isFinal(task.state) || now - attempt.started_at < COST_FOLLOWED_MS;
    const due = Math.max(nextPollAt(attempt, now), now + (fault.retryAfterMs ?? 0));
    task.commit({ ...task.state, version: task.state.version + 1, due_at: goesOn ? due : null }, [], { flush: false });
    return;
  }
  const { code, message, free, retryAfterMs, requestId } = fault;
  if (!free) {
    // The request may have arrived: look for its task before another one is created.
    const due = dueNoLaterThan(nextPollAt(attempt, now), attempt, task.state, deps);
    const tries = task.state.tries + 1;
    if (now < Math.min(task.state.deadline_at, timeoutAt(attempt, deps)) && tries < 10) {
      task.commit({ ...task.state, version: task.state.version + 1, tries, due_at: due }, [], { flush: false });
      return;
    }
  }
  const { usage, model } = currentAttempt(task, attempt);
  closePolled(
    task,
    attempt,
    { kind: "failed", code, message, free, retryAfterMs, usage, model, requestId },
    deps,
    free ? 0 : null,
  );
}

const currentAttempt = (task: DelegationTask, attempt: AttemptState): AttemptState =>
  task.state.attempts.find((known) => known.number === attempt.number) ?? attempt;

const timeoutAt = (attempt: AttemptState, deps: PolledAttemptDeps): number =>
  deps.timeoutMs === undefined ? Number.POSITIVE_INFINITY : attempt.started_at + deps.timeoutMs;

const dueNoLaterThan = (at: number, attempt: AttemptState, state: DelegationState, deps: PolledAttemptDeps): number =>
  Math.min(at, Math.max(deps.now(), Math.min(state.deadline_at, timeoutAt(attempt, deps))));
