import type { Reservations } from "../budgets/reservations.ts";
import type { Config } from "../config.ts";
import { providerFor } from "../providers/index.ts";
import { afterFailedAttempt, approvalExpiredState, cancelledState, deadlineExceeded } from "./attempts/after-attempt.ts";
import { type Circuits, passCircuit } from "./attempts/attempt-gate.ts";
import { type AttemptPlan, attemptPlan } from "./attempts/attempt-plan.ts";
import { AttemptRun } from "./attempts/attempt-run.ts";
import { circuitReport, type Standing } from "./attempts/circuit-report.ts";
import { interruptedAttempt } from "./attempts/interrupted-attempt.ts";
import { stepPolledAttempt } from "./attempts/polled-attempt.ts";
import { turnEnded, turnStarted } from "./attempts/turn-events.ts";
import { passBudget } from "./books/budget-gate.ts";
import {
  type AttemptState,
  followedAttempt,
  isFinal,
  newAttempt,
  runningAttempt,
  startedState,
  toRepair,
  withAttempt,
} from "./delegation-state.ts";
import type { DelegationTask } from "./delegation-task.ts";

export type TurnDeps = {
  config: Config;
  circuits: Circuits;
  reservations: Reservations;
  now: () => number;
  random: () => number;
  /** Told of the run as soon as it exists, so that a cancel can reach it. */
  onRun: (run: AttemptRun) => void;
  /** A fault that no vendor is known to show: for the log. */
  onUnknown: (cause: unknown) => void;
};

/** Does what is due for the task: at most one attempt, or one poll. The caller holds no other run of it. */
export async function takeTurn(task: DelegationTask, deps: TurnDeps): Promise<void> {
  const now = deps.now();
  if (isFinal(task.state)) return followCost(task, deps);
  const running = runningAttempt(task.state);
  if (running !== undefined) {
    const plan = planFor(task, running, deps);
    if (plan.provider?.kind === "polling") return stepPolled(task, running, false, plan, deps);
    interrupt(task, running, plan, deps);
    return;
  }
  const { state } = task;
  if (state.due_at === null || state.due_at > now) return;
  if (state.status === "needs-approval") {
    const expired: "expired" = "expired";
    return task.commit(approvalExpiredState(state, now), [{ type: "approval.resolved", decision: expired, by: null }], {
      flush: true,
    });
  }
  if (state.cancel_requested_by !== null)
    return task.commit(cancelledState(state, state.cancel_requested_by, now), [], { flush: true });
  if (now >= state.deadline_at) return task.commit(deadlineExceeded(state, now), [], { flush: true });
  if (await passCircuit(task, deps)) await attempt(task, deps);
}

type Planned = AttemptPlan & { provider: ReturnType<typeof providerFor> };

async function attempt(task: DelegationTask, deps: TurnDeps): Promise<void> {
  const now = deps.now();
  const planned = planFor(task, newAttempt(task.state, task.spec, null, now), deps);
  const begun = newAttempt(task.state, task.spec, planned.boundNanos, now);
  if (!(await passBudget(task, begun, planned, deps))) return;
  const { provider } = planned;
  const dueAt = provider?.kind === "streaming" ? now + (planned.timeoutMs ?? 0) : now;
  const state = startedState(task.state, begun, planned.warnings, dueAt);
  const events = turnStarted(begun, begun.number === 1 ? state.warnings : planned.warnings);
  task.commit(state, events, { flush: false });
  if (provider === undefined) return unconfigured(task, begun, deps);
  if (provider.kind === "polling") return stepPolled(task, begun, true, planned, deps);
  const run = new AttemptRun(task, begun, {
    provider,
    request: planned.request,
    price: planned.price,
    timeoutMs: planned.timeoutMs ?? task.state.deadline_at - now,
    now: deps.now,
    random: deps.random,
    onUnknown: deps.onUnknown,
    onStanding: (standing) => tellCircuit(task, begun, standing, deps),
  });
  deps.onRun(run);
  await run.run();
}

function tellCircuit(task: DelegationTask, { number, candidate: index }: AttemptState, standing: Standing, deps: TurnDeps): void {
  const candidate = task.spec.candidates[index];
  const report = circuitReport(task.state.attempts, number, standing);
  if (candidate !== undefined && report !== undefined) deps.circuits.report(candidate, report);
}

function planFor(task: DelegationTask, attempt: AttemptState, deps: TurnDeps): Planned {
  const candidate = task.spec.candidates[attempt.candidate];
  if (candidate === undefined) throw new Error(`candidate ${attempt.candidate} does not exist`);
  const { number, started_at, repair } = attempt;
  const planned = { number, at: new Date(started_at), repair: repair && toRepair(task.state) };
  const plan = attemptPlan(task.spec, candidate, planned, deps.config);
  return { ...plan, provider: providerFor(candidate, deps.config) };
}

/** A vendor's own task that was given up is asked for its cost; without credentials nobody can ask. */
async function followCost(task: DelegationTask, deps: TurnDeps): Promise<void> {
  const followed = followedAttempt(task.state);
  if (followed === undefined || task.state.due_at === null) return;
  const plan = planFor(task, followed, deps);
  if (plan.provider?.kind === "polling") return stepPolled(task, followed, false, plan, deps);
  task.commit({ ...withAttempt(task.state, { ...followed, handle: null }), due_at: null }, [], { flush: false });
}

async function stepPolled(
  task: DelegationTask,
  attempt: AttemptState,
  fresh: boolean,
  plan: Planned,
  deps: TurnDeps,
): Promise<void> {
  if (plan.provider?.kind !== "polling") return;
  const due = task.state.due_at ?? 0;
  if (due > deps.now()) return;
  await stepPolledAttempt(task, attempt, fresh, { ...plan, provider: plan.provider, now: deps.now, random: deps.random });
}

/** The object was killed while the vendor answered. What was stored of it stays; the attempt counts. */
function interrupt(task: DelegationTask, attempt: AttemptState, plan: Planned, deps: TurnDeps): void {
  const now = deps.now();
  const { settled, events } = interruptedAttempt(task, attempt, plan, now);
  const ended = withAttempt(task.state, settled.attempt, settled.warnings);
  const next =
    settled.failure === undefined ? ended : afterFailedAttempt(ended, task.spec, settled.failure, { now, random: deps.random() });
  task.commit(next, [...events, ...turnEnded(settled.attempt, next, settled.warnings)], { flush: true });
}

/** Its credentials were taken away after the task was accepted. */
function unconfigured(task: DelegationTask, attempt: AttemptState, deps: TurnDeps): void {
  const now = deps.now();
  const error = { code: "provider_auth" as const, message: `${attempt.provider} is no longer configured on this deployment.` };
  const closed: AttemptState = {
    ...attempt,
    status: "failed",
    error,
    ended_at: now,
    usage_final: true,
    cost_nanos: 0,
    cost_max_nanos: 0,
  };
  const failure = { code: error.code, free: true, retryAfterMs: undefined, repeatable: true };
  const next = afterFailedAttempt(withAttempt(task.state, closed), task.spec, failure, { now, random: deps.random() });
  task.commit(next, turnEnded(closed, next), { flush: true });
}
