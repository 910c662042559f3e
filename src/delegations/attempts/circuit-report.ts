import { type CircuitReport, isFault } from "../../circuits/circuit.ts";
import type { AttemptState } from "../delegation-state.ts";

/** How a call stands: its vendor begins to answer, or it has ended (with the vendor's Retry-After). */
export type Standing = { kind: "answers" } | { kind: "ended"; retryAfterMs: number | undefined };

/** Callers choose their timeouts, and models think in silence: one that is shorter says nothing of the vendor. */
const SILENT_MS = 60_000;

/** What the circuit is told of attempt `number`; undefined when how it stands says nothing of the vendor. */
export function circuitReport(attempts: readonly AttemptState[], number: number, standing: Standing): CircuitReport | undefined {
  const attempt = attempts.find((each) => each.number === number);
  if (attempt === undefined || attempt.status === "cancelled") return undefined;
  const { started_at, error } = attempt;
  if (standing.kind === "answers") return { kind: "accepted", started_at };
  if (error === null) return { kind: "answered", started_at };
  if (error.code === "timeout" && !wasSilent(attempt)) return undefined;
  const before = attempts.findLast((each) => each.number < number && each.candidate === attempt.candidate)?.error?.code;
  const repeated = before !== undefined && isFault(before);
  return { kind: "failed", started_at, code: error.code, retryAfterMs: standing.retryAfterMs, repeated };
}

const wasSilent = ({ first_token_at, started_at, ended_at }: AttemptState): boolean =>
  first_token_at === null && ended_at !== null && ended_at - started_at >= SILENT_MS;
