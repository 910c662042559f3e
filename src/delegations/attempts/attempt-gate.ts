import type { Permit } from "../../circuits/circuit.ts";
import type { KnownCircuits } from "../../circuits/known-circuits.ts";
import { CAPABILITIES } from "../../providers/index.ts";
import type { Warning } from "../delegation.ts";
import type { Candidate } from "../delegation-rpc.ts";
import { withWarnings } from "../delegation-state.ts";
import type { DelegationTask } from "../delegation-task.ts";
import { moveAtCircuit } from "./retry-policy.ts";

/** Whether calls to a candidate may be made, and where it is told how they end. Neither throws. */
export type Circuits = Pick<KnownCircuits, "permit" | "report">;

/** A task that waits longer than this says so to the list, which takes it for lost otherwise. */
const LISTED_WAIT_MS = 30_000;

/**
 * Takes the task's next attempt through the circuit of its candidate. True: it may begin now. False: it waits, and `due_at`
 * says until when, or the task changed while the circuit was asked. On the way candidates may be passed over, with a warning.
 */
export async function passCircuit(task: DelegationTask, deps: { circuits: Circuits; now: () => number }): Promise<boolean> {
  for (;;) {
    const { spec, state } = task;
    const candidate = spec.candidates[state.candidate];
    // Work at a vendor of its own pace is asked about rarely, by polls that keep their own distance.
    if (candidate === undefined || CAPABILITIES[candidate.provider].kind === "polling") return true;
    const permit = await deps.circuits.permit(candidate);
    if (task.state !== state) return false;
    const now = deps.now();
    const hasOtherCandidate = state.candidate + 1 < spec.candidates.length;
    const next = moveAtCircuit(permit, { hasOtherCandidate, now, deadlineAt: state.deadline_at });
    if (next.move === "go") return true;
    if (next.move === "again") {
      wait(task, next.at, now);
      return false;
    }
    passOver(task, candidate, permit);
  }
}

function wait(task: DelegationTask, until: number, now: number): void {
  if (until <= now + LISTED_WAIT_MS) task.postpone(until);
  else task.commit({ ...task.state, version: task.state.version + 1, due_at: until }, [], { flush: false });
}

/** The next candidate has its turn, and nothing was sent to this one. */
function passOver(task: DelegationTask, candidate: Candidate, permit: Permit): void {
  const { state } = task;
  const warning = openWarning(candidate, permit);
  const next = {
    ...state,
    version: state.version + 1,
    candidate: state.candidate + 1,
    tries: 0,
    refusals: 0,
    warnings: withWarnings(state.warnings, [warning]),
  };
  // Before its first attempt a task's warnings wait for that: it tells them all.
  const number = state.attempts.length + 1;
  task.commit(next, number === 1 ? [] : [{ type: "turn.warning", number, warning }], { flush: false });
}

function openWarning({ provider, endpoint, model }: Candidate, permit: Permit): Warning {
  const { faults, lastFault } = permit.kind === "go" ? { faults: 0, lastFault: null } : permit;
  const often = faults > 1 ? `${faults} faults in a row, the last one ` : "";
  const message = `${model} of ${endpoint ?? provider} was passed over: its circuit is open after ${often}${lastFault}.`;
  return { code: "circuit_open", message };
}
