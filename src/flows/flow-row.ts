import type { FlowRow } from "../db/flows.ts";
import { outcomeOf, spentOn } from "./flow-view.ts";
import type { RunningFlow } from "./running-flow.ts";

/** A flow whose first steps are not started, or whose end is decided and not reached, moves within this time. */
const MOVES_MS = 60_000;

/**
 * What the list shows of a flow. `moves_by` is when it should have moved, or, once it has ended, the end of its retention.
 * Both times in milliseconds.
 */
export function flowRow(flow: RunningFlow, now: number, retentionMs: number): FlowRow {
  const { header, progress, reports } = flow;
  const { status, error } = outcomeOf(progress);
  const { completed_at, ask_at } = progress;
  const { tokens_used, cost_nanos } = spentOn(reports);
  return {
    workspace: header.workspace,
    flow_id: header.flow_id,
    version: progress.version,
    pattern: header.pattern,
    status,
    created_at: header.created_at,
    updated_at: now,
    completed_at,
    moves_by: completed_at === null ? (ask_at ?? now + MOVES_MS) : completed_at + retentionMs,
    steps: progress.steps.length,
    steps_ended: progress.steps.length - flow.open().length,
    tokens_used,
    cost_nanos,
    error_code: error?.code ?? null,
    error_message: error?.message ?? null,
    created_by: header.created_by,
  };
}
