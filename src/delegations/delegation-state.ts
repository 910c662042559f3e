import type { FailureCode } from "../errors.ts";
import { NO_USAGE, type Outcome, type Usage } from "../providers/provider.ts";
import type { ATTEMPT_STATUSES, DelegationStatus, Failure, Warning } from "./delegation.ts";
import type { DelegationSpec } from "./delegation-rpc.ts";

/** Seven days: an approval nobody gave. */
export const APPROVAL_EXPIRES_MS = 7 * 24 * 3_600_000;
const FOLLOW_AFTER_MS = 1_000;
const DEFAULT_DEADLINE_SECONDS = 3_600;
const DEFAULT_MAX_ATTEMPTS = 3;

/** One attempt as stored. Times are milliseconds since the epoch; costs nano-dollars, null = not known. */
export type AttemptState = {
  number: number;
  /** Index into the spec's candidates. */
  candidate: number;
  provider: DelegationSpec["candidates"][number]["provider"];
  /** The model that answered, until then the one asked for. */
  model: string;
  status: (typeof ATTEMPT_STATUSES)[number];
  error: { code: FailureCode; message: string } | null;
  started_at: number;
  first_token_at: number | null;
  ended_at: number | null;
  usage: Usage;
  usage_final: boolean;
  cost_nanos: number | null;
  /** What is booked while the cost is not certain. */
  cost_max_nanos: number | null;
  request_id: string | null;
  outcome: Outcome | null;
  /** A vendor's own task: asked by polls, not held in memory. Kept after a cancel until its cost is known. */
  handle: string | null;
  /** It asks for a corrected answer in place of the candidate's own, which was invalid. */
  repair?: true;
};

/** An answer that was not what `output_json` or `output_schema` asked for, cut when it is long, and what was wrong with it. */
export type InvalidAnswer = { answer: string; isCut: boolean; problem: string };

/** The whole state of a delegation. `version` grows with every change; a final state changes only its costs. */
export type DelegationState = {
  version: number;
  status: DelegationStatus;
  started_at: number | null;
  completed_at: number | null;
  outcome: Outcome | null;
  error: Failure | null;
  attempts: AttemptState[];
  /** Whose turn it is, an index into the spec's candidates. */
  candidate: number;
  /** Attempts on that candidate that count against `max_attempts`. */
  tries: number;
  /** Free refusals in a row. */
  refusals: number;
  /** When the next step is due; null when none is. */
  due_at: number | null;
  deadline_at: number;
  cancel_requested_by: string | null;
  decision: { decision: "approve" | "reject"; by: string; at: number } | null;
  warnings: Warning[];
  /** Sequence numbers of the log packs that hold the answer's text. */
  output_packs: number[];
  /** What somebody thought of the result; absent until then. */
  score?: { value: number; comment: string | null };
  /** The candidate whose answer was invalid, and that: further attempts at it are its repair. */
  repair?: InvalidAnswer & { candidate: number };
};

export const isFinal = (state: DelegationState): boolean =>
  state.status === "completed" || state.status === "failed" || state.status === "cancelled";

export const runningAttempt = (state: DelegationState): AttemptState | undefined =>
  state.attempts.findLast((attempt) => attempt.status === "running");

export const maxAttempts = (spec: DelegationSpec): number => spec.input.max_attempts ?? DEFAULT_MAX_ATTEMPTS;

const deadlineFrom = (spec: DelegationSpec, from: number): number =>
  from + (spec.input.deadline ?? DEFAULT_DEADLINE_SECONDS) * 1_000;

/** The state of a task that was just accepted. */
export function acceptedState(spec: DelegationSpec): DelegationState {
  const manual = spec.input.approval === "manual";
  return {
    version: 1,
    status: manual ? "needs-approval" : "pending",
    started_at: null,
    completed_at: null,
    outcome: null,
    error: null,
    attempts: [],
    candidate: 0,
    tries: 0,
    refusals: 0,
    due_at: manual ? spec.created_at + APPROVAL_EXPIRES_MS : spec.created_at,
    deadline_at: deadlineFrom(spec, spec.created_at),
    cancel_requested_by: null,
    decision: null,
    warnings: spec.warnings,
    output_packs: [],
  };
}

/** The deadline starts when the approval is given: nobody's work is late because somebody slept. */
export function approvedState(state: DelegationState, spec: DelegationSpec, by: string, now: number): DelegationState {
  return {
    ...state,
    version: state.version + 1,
    status: "pending",
    decision: { decision: "approve", by, at: now },
    due_at: now,
    deadline_at: deadlineFrom(spec, now),
  };
}

/** `dueAt` is when the attempt must have ended: only a task that lost its alarm is still running then. */
export function startedState(state: DelegationState, attempt: AttemptState, warnings: Warning[], dueAt: number): DelegationState {
  return {
    ...state,
    version: state.version + 1,
    status: "in-progress",
    started_at: state.started_at ?? attempt.started_at,
    attempts: [...state.attempts, attempt],
    due_at: Math.min(dueAt, state.deadline_at),
    warnings: withWarnings(state.warnings, warnings),
    output_packs: [],
  };
}

/** What the next attempt is to repair; undefined when it is asked the prompt alone. */
export const toRepair = (state: DelegationState): InvalidAnswer | undefined =>
  state.repair?.candidate === state.candidate ? state.repair : undefined;

/** The next attempt of the candidate whose turn it is; `boundNanos` is the most it can cost. */
export function newAttempt(state: DelegationState, spec: DelegationSpec, boundNanos: number | null, now: number): AttemptState {
  const candidate = spec.candidates[state.candidate];
  if (candidate === undefined) throw new Error(`candidate ${state.candidate} of ${spec.candidates.length} does not exist`);
  return {
    number: state.attempts.length + 1,
    candidate: state.candidate,
    provider: candidate.provider,
    model: candidate.model,
    status: "running",
    error: null,
    started_at: now,
    first_token_at: null,
    ended_at: null,
    usage: NO_USAGE,
    usage_final: false,
    cost_nanos: 0,
    cost_max_nanos: boundNanos,
    request_id: null,
    outcome: null,
    handle: null,
    ...(toRepair(state) !== undefined && { repair: true }),
  };
}

/** Replaces the attempt of the same number, and adds what its end gave cause to warn of. */
export function withAttempt(state: DelegationState, attempt: AttemptState, warnings: Warning[] = []): DelegationState {
  return {
    ...state,
    version: state.version + 1,
    attempts: state.attempts.map((known) => (known.number === attempt.number ? attempt : known)),
    warnings: withWarnings(state.warnings, warnings),
  };
}

export function withWarnings(known: Warning[], added: Warning[]): Warning[] {
  const fresh = added.filter(
    (warning) => !known.some((other) => other.code === warning.code && other.message === warning.message),
  );
  return fresh.length === 0 ? known : [...known, ...fresh];
}

/** A vendor's own task that we gave up may still cost money: it is asked about until its cost is known. */
export const isFollowed = ({ handle, status, usage_final }: AttemptState): boolean =>
  handle !== null && status !== "completed" && !usage_final;

export const followedAttempt = (state: DelegationState): AttemptState | undefined => state.attempts.findLast(isFollowed);

/** The state of a task that was answered from the cache: it never ran. */
export const cachedState = (accepted: DelegationState, now: number): DelegationState => ({
  ...finishedState(accepted, { status: "completed", error: null, now }),
  outcome: "completed",
});

/** The terminal transition. The first one wins: a final state comes back unchanged. */
export function finishedState(
  state: DelegationState,
  end: { status: "completed" | "failed" | "cancelled"; error: Failure | null; now: number },
): DelegationState {
  if (isFinal(state)) return state;
  const { repair: _, ...kept } = state;
  return {
    ...kept,
    version: state.version + 1,
    status: end.status,
    outcome: state.attempts.findLast((attempt) => attempt.ended_at !== null)?.outcome ?? null,
    error: end.error,
    completed_at: end.now,
    due_at: followedAttempt(state) === undefined ? null : end.now + FOLLOW_AFTER_MS,
  };
}
