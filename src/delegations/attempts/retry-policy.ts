import type { Permit } from "../../circuits/circuit.ts";
import { FAILURES, type FailureCode } from "../../errors.ts";
import { backoffMs } from "../../lib/backoff.ts";
import type { InvalidAnswer } from "../delegation-state.ts";

/** How one attempt failed, as far as the policy cares. */
export type AttemptFailure = {
  code: FailureCode;
  /** Nothing is owed: the vendor refused before a stream began. */
  free: boolean;
  /** The vendor's Retry-After. */
  retryAfterMs: number | undefined;
  /** False when trying again would start the same work at the vendor a second time (it still works on the first). */
  repeatable: boolean;
  /** The answer, when it was complete but not what was asked for: its candidate is asked once to repair it. */
  invalid?: InvalidAnswer | undefined;
};

export type RetrySituation = {
  /** Attempts on this candidate that count, the failed one included. */
  tries: number;
  maxAttempts: number;
  /** Refusals in a row, the one at hand included. */
  refusals: number;
  /** Attempts of the whole delegation so far. */
  attempts: number;
  hasOtherCandidate: boolean;
  now: number;
  deadlineAt: number;
  /** 0 ≤ r < 1 */
  random: number;
};

export type NextMove = { move: "again"; at: number } | { move: "next-candidate" } | { move: "give-up" };

const REFUSAL_BASE_MS = 1_000;
const REFUSAL_CAP_MS = 60_000;
/** With every attempt pauses may grow by so much: a day of refusals is some 400 attempts, and one record names them all. */
const REFUSAL_CAP_GROWS_MS = 2_000;
const FAULT_BASE_MS = 500;
const FAULT_CAP_MS = 15_000;

/** A pause after refusals is worth waiting for so long before another candidate is asked. */
const SHORT_PAUSE_MS = 2_000;

/**
 * What an attempt does that its candidate's circuit does not simply let through: another candidate is asked at once, unless
 * it is about a short pause; without one the task waits. Who is sent away for the account's sake goes in all the same then:
 * the vendor says why at once, and for nothing.
 */
export function moveAtCircuit(
  permit: Permit,
  situation: Pick<RetrySituation, "hasOtherCandidate" | "now" | "deadlineAt">,
): { move: "go" } | Exclude<NextMove, { move: "give-up" }> {
  if (permit.kind === "go") return permitted;
  if (permit.kind === "avoid") return situation.hasOtherCandidate ? { move: "next-candidate" } : permitted;
  const isShort = permit.why === "refused" && permit.until <= situation.now + SHORT_PAUSE_MS;
  if (situation.hasOtherCandidate && !isShort) return { move: "next-candidate" };
  return { move: "again", at: Math.min(permit.until, situation.deadlineAt) };
}

const permitted = { move: "go" } as const;

/** True when such a failure counts against `max_attempts`: a refusal that cost nothing only while another candidate waits. */
export function countsAsTry(failure: AttemptFailure, hasOtherCandidate: boolean): boolean {
  return !isFreeRefusal(failure) || hasOtherCandidate;
}

/** What follows a failed attempt. The only retry policy of the product: vendor SDKs retry nothing, queues carry no calls. */
export function nextMove(failure: AttemptFailure, situation: RetrySituation): NextMove {
  const leave: NextMove = situation.hasOtherCandidate ? { move: "next-candidate" } : { move: "give-up" };
  const rule = FAILURES[failure.code];
  if (rule === "stop") return { move: "give-up" };
  if (rule === "next" || !failure.repeatable) return leave;
  if (isFreeRefusal(failure)) return afterRefusal(failure, situation, leave);
  if (situation.tries >= situation.maxAttempts) return leave;
  const delayMs =
    failure.code === "interrupted"
      ? 0
      : backoffMs(situation.tries - 1, {
          baseMs: FAULT_BASE_MS,
          capMs: FAULT_CAP_MS,
          floorMs: failure.retryAfterMs,
          random: situation.random,
        });
  return { move: "again", at: Math.min(situation.now + delayMs, situation.deadlineAt) };
}

function afterRefusal(failure: AttemptFailure, situation: RetrySituation, leave: NextMove): NextMove {
  if (situation.hasOtherCandidate && situation.tries >= situation.maxAttempts) return leave;
  if (situation.now + (failure.retryAfterMs ?? 0) >= situation.deadlineAt) return leave;
  const capMs = Math.max(REFUSAL_CAP_MS, situation.attempts * REFUSAL_CAP_GROWS_MS);
  const delayMs = backoffMs(situation.refusals - 1, {
    baseMs: REFUSAL_BASE_MS,
    capMs,
    floorMs: failure.retryAfterMs,
    random: situation.random,
  });
  return { move: "again", at: Math.min(situation.now + delayMs, situation.deadlineAt) };
}

const isFreeRefusal = (failure: AttemptFailure): boolean => failure.free && FAILURES[failure.code] === "wait";
