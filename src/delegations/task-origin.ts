import { DEFAULT_AGENT } from "./admission/with-agent.ts";
import type { Delegation } from "./delegation.ts";
import type { DelegationSpec } from "./delegation-rpc.ts";

type Origin = Pick<
  Delegation,
  "agent" | "source" | "cached_from" | "batch_id" | "flow_id" | "flow_step" | "parent_task_id" | "created_by"
>;

/** Where a task comes from and what it is part of, as its view and its row on the list have it. */
export const originOf = (spec: DelegationSpec): Origin => ({
  agent: spec.agent ?? DEFAULT_AGENT,
  source: spec.recorded === undefined ? "run" : "recorded",
  cached_from: spec.cached?.task_id ?? null,
  batch_id: spec.batch_id ?? null,
  flow_id: spec.flow?.id ?? null,
  flow_step: spec.flow?.step ?? null,
  parent_task_id: spec.parent_task_id,
  created_by: spec.created_by,
});
