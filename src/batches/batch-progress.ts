import type { DelegationStatus } from "../delegations/delegation.ts";
import type { BatchCounts } from "./batch.ts";

/** Where a task of a batch is: `held` = to be sent, `queued` = sent and not started yet. */
export type Phase = "held" | "queued" | "running" | "needs-approval" | "completed" | "failed" | "cancelled";

const LETTERS: { readonly [phase in Phase]: string } = {
  held: "h",
  queued: "q",
  running: "r",
  "needs-approval": "a",
  completed: "c",
  failed: "f",
  cancelled: "x",
};
const PHASES = new Map(Object.entries(LETTERS).map(([phase, letter]) => [letter, phase as Phase]));

/** One letter a task: a thousand fit one small row. */
export const phasesText = (phases: readonly Phase[]): string => phases.map((phase) => LETTERS[phase]).join("");
export const phasesOf = (text: string): Phase[] => [...text].map((letter) => PHASES.get(letter) ?? "held");

export const isWaiting = (phase: Phase): boolean => phase === "held" || phase === "queued";
export const isOver = (phase: Phase): phase is "completed" | "failed" | "cancelled" =>
  phase === "completed" || phase === "failed" || phase === "cancelled";

/** Where a task is that was in `phase` when its object says `status`. Only its own end ends it, and nothing is undone. */
export function nextPhase(phase: Phase, status: DelegationStatus): Phase {
  if (isOver(phase)) return phase;
  if (status === "completed" || status === "failed" || status === "cancelled") return status;
  return status === "needs-approval" && phase !== "running" ? status : "running";
}

/** The tasks to send now, by index, so that no more than `most` are sent or run at once. */
export function sendable(phases: readonly Phase[], most: number | null): number[] {
  const held = [...phases.keys()].filter((index) => phases[index] === "held");
  const busy = phases.filter((phase) => phase === "queued" || phase === "running").length;
  return most === null ? held : held.slice(0, Math.max(0, most - busy));
}

export function countsOf(phases: readonly Phase[]): BatchCounts {
  const count = (...wanted: Phase[]) => phases.filter((phase) => wanted.includes(phase)).length;
  return {
    total: phases.length,
    pending: count("held", "queued"),
    in_progress: count("running"),
    needs_approval: count("needs-approval"),
    completed: count("completed"),
    failed: count("failed"),
    cancelled: count("cancelled"),
  };
}

/** What a phase is called outside. */
export function statusOf(phase: Phase): DelegationStatus {
  if (isWaiting(phase)) return "pending";
  return phase === "running" ? "in-progress" : (phase as Exclude<Phase, "held" | "queued" | "running">);
}
