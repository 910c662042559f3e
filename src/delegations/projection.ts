import type { AttemptRow, DelegationRow } from "../db/save-delegation.ts";
import { booksOf, executorOf } from "./books/task-books.ts";
import type { DelegationSpec } from "./delegation-rpc.ts";
import { type AttemptState, type DelegationState, isFinal, isFollowed } from "./delegation-state.ts";
import type { Tombstone } from "./delegation-store.ts";
import { originOf } from "./task-origin.ts";

/** What the list shows of a task: metadata, books, previews. The object stays the truth. */
export function delegationRow(spec: DelegationSpec, state: DelegationState, output: string | null, now: number): DelegationRow {
  const totals = booksOf(spec, state);
  return {
    workspace: spec.workspace,
    task_id: spec.task_id,
    version: state.version,
    status: state.status,
    outcome: state.outcome,
    ...executorOf(spec, state),
    task_type: spec.input.task_type ?? null,
    complexity: spec.input.complexity ?? null,
    budget_mode: spec.input.budget_mode ?? null,
    created_at: spec.created_at,
    started_at: state.started_at,
    completed_at: state.completed_at,
    updated_at: now,
    moves_by: movesBy(state),
    prompt_preview: spec.input.prompt,
    output_preview: output,
    tokens_used: totals.tokensUsed,
    ...totals.usage,
    cost_nanos: totals.costNanos,
    cost_max_nanos: totals.costMaxNanos,
    usage_final: totals.usageFinal,
    error_code: state.error?.code ?? null,
    error_message: state.error?.message ?? null,
    ...originOf(spec),
    properties: spec.input.properties ?? null,
    score: state.score?.value ?? null,
    attempts: state.attempts.length,
    deleted_at: null,
    hash: spec.hash,
    cache_key: null,
    score_comment: state.score?.comment ?? null,
  };
}

/** The row of a task that was deleted at `now`: its books without its texts. What a vendor still works on is nobody's to ask about from then on: its cost is unknown. */
export function tombstone(spec: DelegationSpec, state: DelegationState, now: number): Tombstone {
  const attempts = state.attempts.map((attempt) =>
    isFollowed(attempt) ? { ...attempt, cost_nanos: null, cost_max_nanos: null } : attempt,
  );
  const row = delegationRow(spec, { ...state, attempts, version: state.version + 1 }, null, now);
  const bare = { ...row, prompt_preview: null, error_message: null, properties: null, score_comment: null, deleted_at: now };
  const { key_id, input } = spec;
  return {
    row: bare,
    attempts: attemptRows(attempts),
    ...(key_id !== undefined && { key_id }),
    ...(input.webhook_url !== undefined && { webhook_url: input.webhook_url }),
  };
}

export function attemptRows(attempts: readonly AttemptState[]): AttemptRow[] {
  return attempts.map((attempt) => ({
    number: attempt.number,
    provider: attempt.provider,
    model: attempt.model,
    status: attempt.status,
    error_code: attempt.error?.code ?? null,
    started_at: attempt.started_at,
    first_token_at: attempt.first_token_at,
    ended_at: attempt.ended_at,
    ...attempt.usage,
    usage_final: attempt.usage_final,
    cost_nanos: attempt.cost_nanos,
    cost_max_nanos: attempt.cost_max_nanos,
    request_id: attempt.request_id,
  }));
}

/** When an open task that has not moved has lost its alarm: its next step, or its deadline. Null once it is final. */
function movesBy(state: DelegationState): number | null {
  return isFinal(state) ? null : Math.min(state.due_at ?? state.deadline_at, state.deadline_at);
}
