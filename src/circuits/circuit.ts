import type { FailureCode } from "../errors.ts";
import { backoffMs } from "../lib/backoff.ts";

/**
 * What is known of the way to one model: whether calls may be made, and from when. Plain data, times in milliseconds since
 * the epoch; `CLEAN` when there is nothing to know. `shut` without its time over is open, with it over half open.
 */
export type Circuit = {
  /** Faults in a row, one for each task that met any. */
  faults: number;
  /** Pauses after refusals in a row, and openings after faults in a row: the next one is longer. */
  pauses: number;
  openings: number;
  shut: { why: "refused" | "faulty"; at: number; until: number } | null;
  /** The account was refused: who has another candidate goes there until then; nobody waits for it. */
  barred_until: number | null;
  last_fault: { code: FailureCode; at: number } | null;
};

export type CircuitPhase = "closed" | "open" | "half_open";

/** How a call ended that was begun at `started_at`, as far as the circuit cares; `accepted`: the vendor has begun to answer. */
export type CircuitReport = {
  started_at: number;
} & (
  | { kind: "accepted" | "answered" }
  | {
      kind: "failed";
      code: FailureCode;
      retryAfterMs: number | undefined;
      /** The same task failed so just before: one prompt that a vendor cannot take says nothing of others. */
      repeated: boolean;
    }
);

/** Whether a call may be made: `wait` before `until` asks again then; `avoid` may, but better goes elsewhere. */
export type Permit = { kind: "go" } | (({ kind: "wait"; why: "refused" | "faulty"; until: number } | { kind: "avoid" }) & Told);
type Told = { faults: number; lastFault: FailureCode | null };

export const CLEAN: Circuit = { faults: 0, pauses: 0, openings: 0, shut: null, barred_until: null, last_fault: null };
export const GO: Permit = { kind: "go" };

/** Faults in a row that open a circuit. */
export const FAULTS_THAT_OPEN = 5;
export const MOST_PROBES = 3;
const OPEN_BASE_MS = 10_000;
const OPEN_CAP_MS = 300_000;
const PAUSE_BASE_MS = 500;
const PAUSE_CAP_MS = 15_000;
/** A vendor may err about when it is back: from then on a few calls find out. */
const RETRY_AFTER_CAP_MS = 300_000;
const BARRED_MS = 10_000;
/** Faults that nothing followed for so long are forgotten. */
const FORGOTTEN_MS = 600_000;
/** A probe that said nothing for so long makes room for another. */
const PROBE_MS = 15_000;
/** Those who wait come back one by one, and the later the longer the probes take: a thousand who ask are not in the way of three who work. */
const SPACING_MS = 4;
const PROBED_MS = 250;
const WAITED_SHARE = 0.5;

/**
 * What each failure says of the vendor: `refusal` come back later · `overload` that, and it is a fault · `fault` ·
 * `account` ours is refused · `alive` it answers · `nothing`.
 */
const MEANING = {
  provider_rate_limited: "refusal",
  provider_overloaded: "overload",
  provider_upstream: "fault",
  timeout: "fault",
  provider_auth: "account",
  provider_quota_exhausted: "account",
  provider_invalid_request: "alive",
  model_not_found: "alive",
  refused: "alive",
  blocked: "alive",
  context_exceeded: "alive",
  invalid_output: "alive",
  truncated_stream: "nothing",
  interrupted: "nothing",
  deadline_exceeded: "nothing",
  cancelled: "nothing",
  rejected: "nothing",
  approval_expired: "nothing",
  budget_exceeded: "nothing",
  conflict: "nothing",
  internal: "nothing",
  all_candidates_failed: "nothing",
} as const satisfies { [code in FailureCode]: string };

export function phaseOf({ shut }: Circuit, now: number): CircuitPhase {
  if (shut === null) return "closed";
  return now < shut.until ? "open" : "half_open";
}

/** The circuit without what time has made good; the same object when that is nothing, as of a clean one that has travelled. */
export function settled(circuit: Circuit, now: number): Circuit {
  const { barred_until, shut, last_fault } = circuit;
  if (last_fault === null) return circuit;
  if (shut === null && last_fault.at + FORGOTTEN_MS <= now) return CLEAN;
  return barred_until !== null && barred_until <= now ? { ...circuit, barred_until: null } : circuit;
}

/** There is nothing to know: nothing is stored of it, and successes need not be told. */
export const isClean = ({ last_fault }: Circuit): boolean => last_fault === null;

/** Whether calls go through without asking anybody. */
export const isFree = (circuit: Circuit, now: number): boolean => circuit.shut === null && (circuit.barred_until ?? 0) <= now;

/** True for a failure of the vendor's that says nothing of what it was asked. */
export const isFault = (code: FailureCode): boolean => MEANING[code] === "fault" || MEANING[code] === "overload";

/** The circuit after a report; the same object when it says nothing new. */
export function reported(before: Circuit, report: CircuitReport, now: number): Circuit {
  const circuit = settled(before, now);
  if (report.kind !== "failed") return succeeded(circuit, report);
  const { code } = report;
  const meaning = MEANING[code];
  switch (meaning) {
    case "nothing":
      return circuit;
    case "alive":
      return succeeded(circuit, { kind: "accepted", started_at: report.started_at });
    case "account": {
      if ((circuit.barred_until ?? 0) > now + BARRED_MS / 2) return circuit;
      const answers = succeeded(circuit, { kind: "accepted", started_at: report.started_at });
      return { ...answers, barred_until: now + BARRED_MS, last_fault: { code, at: now } };
    }
    case "fault":
      return faulted(circuit, report, now);
    case "refusal":
      return refused(circuit, report, now);
    case "overload":
      return refused(faulted(circuit, report, now), report, now);
  }
}

type Failed = Extract<CircuitReport, { kind: "failed" }>;

/** A call from before it was shut says nothing of now. */
const isOld = ({ shut }: Circuit, { started_at }: { started_at: number }): boolean => shut !== null && started_at < shut.at;

function succeeded(circuit: Circuit, report: { kind: "accepted" | "answered"; started_at: number }): Circuit {
  if (isClean(circuit) || isOld(circuit, report)) return circuit;
  if (report.kind === "answered") return CLEAN;
  if (circuit.shut === null && circuit.faults === 0 && circuit.barred_until === null) return circuit;
  return { ...circuit, shut: null, faults: 0, pauses: circuit.pauses >> 1, barred_until: null };
}

/** Of all that were refused at once the first one makes the pause; the others can only prolong it by a Retry-After. */
function refused(circuit: Circuit, report: Failed, now: number): Circuit {
  const { shut } = circuit;
  const asked = now + Math.min(report.retryAfterMs ?? 0, RETRY_AFTER_CAP_MS);
  if (shut !== null && isOld(circuit, report)) {
    return asked <= shut.until ? circuit : { ...circuit, shut: { ...shut, until: asked } };
  }
  const pause = backoffMs(circuit.pauses, { baseMs: PAUSE_BASE_MS, capMs: PAUSE_CAP_MS, random: 1 });
  const until = Math.max(shut?.until ?? 0, asked, now + pause);
  const last_fault = { code: report.code, at: now };
  return { ...circuit, pauses: circuit.pauses + 1, shut: { why: shut?.why ?? "refused", at: now, until }, last_fault };
}

function faulted(circuit: Circuit, report: Failed, now: number): Circuit {
  const wasOpen = circuit.shut?.why === "faulty";
  if (wasOpen && isOld(circuit, report)) return circuit;
  const faults = circuit.faults + (report.repeated && !wasOpen ? 0 : 1);
  const next = { ...circuit, faults, last_fault: { code: report.code, at: now } };
  if (!wasOpen && faults < FAULTS_THAT_OPEN) return next;
  const openMs = backoffMs(circuit.openings, { baseMs: OPEN_BASE_MS, capMs: OPEN_CAP_MS, random: 1 });
  const until = Math.max(circuit.shut?.until ?? 0, now + openMs);
  return { ...next, openings: circuit.openings + 1, shut: { why: "faulty", at: now, until } };
}

/** Who was let through a half-open circuit, and the place in time of the next who waits. Kept in memory only. */
export type Gate = { probes: number[]; nextAt: number };

/** Lets a call through, or gives it a time of its own to ask again. Changes the gate. */
export function permitted(before: Circuit, gate: Gate, now: number): Permit {
  const circuit = settled(before, now);
  const { shut, faults, barred_until, last_fault } = circuit;
  const told = { faults, lastFault: last_fault?.code ?? null };
  if (shut === null) return barred_until === null ? GO : { kind: "avoid", ...told };
  gate.probes = gate.probes.filter((until) => until > now);
  if (now >= shut.until && gate.probes.length < MOST_PROBES) {
    gate.probes.push(now + PROBE_MS);
    return GO;
  }
  const probedFor = Math.min(Math.max(0, now - shut.until), PROBE_MS);
  const until = Math.max(gate.nextAt, shut.until, now + Math.max(PROBED_MS, Math.round(probedFor * WAITED_SHARE)));
  gate.nextAt = until + SPACING_MS;
  return { kind: "wait", why: shut.why, until, ...told };
}
