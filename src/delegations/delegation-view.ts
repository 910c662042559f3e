import { dollars } from "../lib/nanos.ts";
import { booksOf, executorOf } from "./books/task-books.ts";
import type { Attempt, Delegation } from "./delegation.ts";
import type { DelegationSpec } from "./delegation-rpc.ts";
import type { AttemptState, DelegationState } from "./delegation-state.ts";
import { originOf } from "./task-origin.ts";

/** The delegation as the API shows it. `output` is the answer's text, null until it is complete. */
export function delegationView(spec: DelegationSpec, state: DelegationState, output: string | null): Delegation {
  const totals = booksOf(spec, state);
  const { provider, model, requested_model } = executorOf(spec, state);
  const wantsData = spec.input.output_json === true || spec.input.output_schema !== undefined;
  return {
    task_id: spec.task_id,
    prompt: spec.input.prompt,
    status: state.status,
    created_at: isoTime(spec.created_at),
    started_at: isoTimeOrNull(state.started_at),
    completed_at: isoTimeOrNull(state.completed_at),
    output,
    tokens_used: totals.tokensUsed,
    model,
    cost: dollars(totals.costNanos),
    error: state.error,
    cost_nanos: totals.costNanos,
    usage_final: totals.usageFinal,
    cost_max: dollars(totals.costMaxNanos),
    cost_max_nanos: totals.costMaxNanos,
    requested_model,
    provider,
    outcome: state.outcome,
    output_data: wantsData && output !== null ? (parsedAnswer(output) ?? null) : null,
    usage: totals.usage,
    attempts: state.attempts.map(attemptView),
    warnings: state.warnings,
    ...originOf(spec),
    task_type: spec.input.task_type ?? null,
    complexity: spec.input.complexity ?? null,
    budget_mode: spec.input.budget_mode ?? null,
    properties: spec.input.properties ?? {},
    score: state.score?.value ?? null,
    score_comment: state.score?.comment ?? null,
  };
}

const FENCE_OPENS = /^```(?:json)?[ \t\r]*\n/;

/** Deeper values are parsed, but cannot be passed on; nor can numbers too large for a double, which would end as null. */
const MOST_DEPTH = 200;

/**
 * The JSON value of an answer, a Markdown code fence around it tolerated; undefined when it is not JSON, nested more than
 * 200 levels deep, or has a number that is too large.
 */
export function parsedAnswer(output: string): Delegation["output_data"] | undefined {
  try {
    const value = JSON.parse(unfenced(output.trim())) as Delegation["output_data"];
    return isPortable(value, MOST_DEPTH) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isPortable(value: unknown, levels: number): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((member) => isPortable(member, levels - 1));
}

function unfenced(text: string): string {
  const [opening] = FENCE_OPENS.exec(text) ?? [];
  return opening !== undefined && text.endsWith("```") ? text.slice(opening.length, -3) : text;
}

function attemptView(attempt: AttemptState): Attempt {
  return {
    number: attempt.number,
    provider: attempt.provider,
    model: attempt.model,
    status: attempt.status,
    error: attempt.error,
    started_at: isoTime(attempt.started_at),
    first_token_at: isoTimeOrNull(attempt.first_token_at),
    ended_at: isoTimeOrNull(attempt.ended_at),
    usage: attempt.usage,
    usage_final: attempt.usage_final,
    cost: dollars(attempt.cost_nanos),
    cost_nanos: attempt.cost_nanos,
    cost_max: dollars(attempt.cost_max_nanos),
    cost_max_nanos: attempt.cost_max_nanos,
    request_id: attempt.request_id,
    ...(attempt.repair && { repair: attempt.repair }),
  };
}

const isoTime = (at: number): string => new Date(at).toISOString();
const isoTimeOrNull = (at: number | null): string | null => (at === null ? null : isoTime(at));
