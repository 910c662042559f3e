import type { Usage } from "../../providers/provider.ts";
import type { Failure } from "../delegation.ts";
import type { DelegationState } from "../delegation-state.ts";

/** What is told of work that was done elsewhere. Times are milliseconds since the epoch; `cost_nanos` null = not known. */
export type RecordedWork = {
  status: "completed" | "failed" | "cancelled";
  outcome: DelegationState["outcome"];
  error: Failure | null;
  provider: string;
  model: string | null;
  requested_model: string | null;
  usage: Usage;
  tokens_used: number;
  cost_nanos: number | null;
  started_at: number | null;
  completed_at: number;
  score?: NonNullable<DelegationState["score"]>;
};

/** The state of work on record: final from the first, and no attempt of ours. */
export const recordedState = (accepted: DelegationState, work: RecordedWork): DelegationState => ({
  ...accepted,
  version: accepted.version + 1,
  status: work.status,
  outcome: work.outcome,
  error: work.error,
  started_at: work.started_at,
  completed_at: work.completed_at,
  due_at: null,
  ...(work.score && { score: work.score }),
});
