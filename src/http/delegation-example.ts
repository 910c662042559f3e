import type { Delegation } from "../delegations/delegation.ts";

const usage = {
  input_tokens: 1_200,
  cached_input_tokens: 0,
  cache_write_input_tokens: 0,
  output_tokens: 850,
  reasoning_output_tokens: 300,
};
const cost = { cost: 0.02725, cost_nanos: 27_250_000, cost_max: 0.02725, cost_max_nanos: 27_250_000, usage_final: true };
const model = { provider: "claude", model: "claude-opus-5-5" };

/** What the API document shows: one attempt that completed. */
export const DELEGATION_EXAMPLE: Delegation = {
  task_id: "task-auth-001",
  prompt: "Implement JWT authentication middleware",
  agent: "default",
  status: "completed",
  created_at: "2026-11-22T10:30:45.123Z",
  started_at: "2026-11-22T10:30:45.130Z",
  completed_at: "2026-11-22T10:31:02.871Z",
  output: "export const requireJwt = …",
  tokens_used: 2_050,
  error: null,
  ...model,
  ...cost,
  requested_model: "claude-opus",
  outcome: "completed",
  output_data: null,
  usage,
  attempts: [
    {
      number: 1,
      ...model,
      ...cost,
      status: "completed",
      error: null,
      started_at: "2026-11-22T10:30:45.130Z",
      first_token_at: "2026-11-22T10:30:46.004Z",
      ended_at: "2026-11-22T10:31:02.871Z",
      usage,
      request_id: "req_011CU9vN",
    },
  ],
  warnings: [],
  source: "run",
  cached_from: null,
  batch_id: null,
  flow_id: null,
  flow_step: null,
  parent_task_id: null,
  task_type: "CODE_GENERATION",
  complexity: "HIGH",
  budget_mode: "BALANCED",
  properties: {},
  created_by: "owner",
  score: null,
  score_comment: null,
};
