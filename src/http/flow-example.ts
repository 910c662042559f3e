import type { Flow } from "../flows/flow.ts";

const cost = { cost: 0.02725, cost_nanos: 27_250_000 };

/** What the API document shows: the draft is there, and is being reviewed. */
export const FLOW_EXAMPLE: Flow = {
  flow_id: "readme-1",
  pattern: "improve",
  status: "in-progress",
  created_at: "2026-11-22T10:30:45.123Z",
  completed_at: null,
  created_by: "owner",
  prompt_preview: "Write the README of a rate limiter.",
  properties: {},
  parent_task_id: null,
  deadline: null,
  output: null,
  output_data: null,
  steps: [
    {
      name: "draft",
      task_id: "readme-1.draft",
      called: null,
      status: "completed",
      output: "# Rate limiter …",
      output_truncated: false,
      model: "claude-opus-5-5",
      ...cost,
      tokens_used: 2_050,
      error: null,
      url: "/v1/delegations/readme-1.draft",
    },
    {
      name: "review-0",
      task_id: "readme-1.review-0",
      called: null,
      status: "in-progress",
      output: null,
      output_truncated: false,
      model: null,
      cost: 0,
      cost_nanos: 0,
      tokens_used: 0,
      error: null,
      url: "/v1/delegations/readme-1.review-0",
    },
  ],
  tokens_used: 2_050,
  ...cost,
  error: null,
};
