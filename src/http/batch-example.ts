import type { Batch } from "../batches/batch.ts";

const cost = { cost: 0.02725, cost_nanos: 27_250_000 };

/** What the API document shows: one task has ended, the other runs. */
export const BATCH_EXAMPLE: Batch = {
  batch_id: "nightly-2026-11-22",
  status: "in-progress",
  created_at: "2026-11-22T10:30:45.123Z",
  completed_at: null,
  max_concurrency: 50,
  created_by: "owner",
  counts: { total: 2, pending: 0, in_progress: 1, needs_approval: 0, completed: 1, failed: 0, cancelled: 0 },
  tokens_used: 2_050,
  ...cost,
  results: {
    "review-auth": {
      status: "completed",
      output: "The token is never checked …",
      output_truncated: false,
      model: "claude-opus-5-5",
      ...cost,
      tokens_used: 2_050,
      error: null,
      url: "/v1/delegations/review-auth",
    },
    "review-api": {
      status: "in-progress",
      output: null,
      output_truncated: false,
      model: null,
      cost: 0,
      cost_nanos: 0,
      tokens_used: 0,
      error: null,
      url: "/v1/delegations/review-api",
    },
  },
};
