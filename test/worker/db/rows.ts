import type { BatchRow } from "../../../src/db/save-batch.ts";
import type { AttemptRow, DelegationRow } from "../../../src/db/save-delegation.ts";

const NO_TOKENS = {
  input_tokens: 0,
  cached_input_tokens: 0,
  cache_write_input_tokens: 0,
  output_tokens: 0,
  reasoning_output_tokens: 0,
};

/** A delegation in progress, in a workspace of its own unless told otherwise. */
export function delegationRow(changes: Partial<DelegationRow> & { workspace: string; task_id: string }): DelegationRow {
  return {
    version: 1,
    status: "in-progress",
    outcome: null,
    agent: "default",
    provider: "claude",
    endpoint: null,
    model: "claude-opus-5-5",
    requested_model: "claude-opus",
    task_type: null,
    complexity: null,
    budget_mode: null,
    created_at: 1_000,
    started_at: null,
    completed_at: null,
    updated_at: 1_000,
    moves_by: 1_000,
    prompt_preview: "a prompt",
    output_preview: null,
    tokens_used: 0,
    ...NO_TOKENS,
    cost_nanos: 0,
    cost_max_nanos: 0,
    usage_final: true,
    error_code: null,
    error_message: null,
    source: "run",
    cached_from: null,
    batch_id: null,
    flow_id: null,
    flow_step: null,
    parent_task_id: null,
    properties: {},
    created_by: "owner",
    score: null,
    attempts: 0,
    deleted_at: null,
    hash: null,
    cache_key: null,
    score_comment: null,
    ...changes,
  };
}

export function attemptRow(changes: Partial<AttemptRow> = {}): AttemptRow {
  return {
    number: 1,
    provider: "claude",
    model: "claude-opus-5-5",
    status: "running",
    error_code: null,
    started_at: 1_000,
    first_token_at: null,
    ended_at: null,
    ...NO_TOKENS,
    usage_final: false,
    cost_nanos: 0,
    cost_max_nanos: 500,
    request_id: null,
    ...changes,
  };
}

/** A batch in progress. */
export function batchRow(changes: Partial<BatchRow> & { workspace: string; batch_id: string }): BatchRow {
  return {
    version: 1,
    status: "in-progress",
    counts: { total: 1 },
    created_at: 1_000,
    updated_at: 1_000,
    completed_at: null,
    moves_by: 1_000,
    tokens_used: 0,
    cost_nanos: 0,
    created_by: "owner",
    ...changes,
  };
}
