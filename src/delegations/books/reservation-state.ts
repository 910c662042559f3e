import type { ReservationState, Settlement } from "../../budgets/ledger-rpc.ts";
import type { DelegationSpec } from "../delegation-rpc.ts";
import type { DelegationState } from "../delegation-state.ts";
import type { Tombstone } from "../delegation-store.ts";

type Books = { number: number; status: string; started_at: number; cost_max_nanos: number | null };

/** What the ledger is to book for the ended attempts: their cost, or, while it is not certain, the most it can be. */
export const settlements = (attempts: readonly Books[], version: number): Settlement[] =>
  attempts.filter(({ status }) => status !== "running").map((attempt) => settlement(attempt, version));

const settlement = ({ number, started_at, cost_max_nanos }: Books, version: number): Settlement => ({
  attempt: number,
  at: started_at,
  nanos: cost_max_nanos,
  version,
});

type Task = {
  spec: Pick<DelegationSpec, "hash">;
  state: Pick<DelegationState, "attempts" | "version" | "due_at" | "deadline_at">;
};

/**
 * How an attempt stands of which the ledger holds the money. One that has not begun is unknown: before it begins it reserves anew,
 * as its first reservation has run out. The books of a deleted task are closed.
 */
export function reservationStateOf(
  task: Task | undefined,
  erased: Pick<Tombstone, "row" | "attempts"> | undefined,
  asked: { hash: string; attempt: number },
): ReservationState {
  const hash = task?.spec.hash ?? erased?.row.hash;
  const attempts: readonly Books[] = task?.state.attempts ?? erased?.attempts ?? [];
  const attempt = hash === asked.hash ? attempts.find(({ number }) => number === asked.attempt) : undefined;
  if (attempt === undefined) return { kind: "unknown" };
  if (task !== undefined && attempt.status === "running") {
    return { kind: "running", ends_at: task.state.due_at ?? task.state.deadline_at };
  }
  return { kind: "settled", settlement: settlement(attempt, task?.state.version ?? erased?.row.version ?? 0) };
}
