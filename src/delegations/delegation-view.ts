import { dollars } from "../lib/nanos.ts";
import { NO_USAGE, type Usage } from "../providers/provider.ts";
import type { Attempt, Delegation } from "./delegation.ts";
import type { DelegationSpec } from "./delegation-rpc.ts";
import type { AttemptState, DelegationState } from "./delegation-state.ts";
import { originOf } from "./task-origin.ts";

/** What a delegation has cost and used so far: sums over its attempts, null where one of them is not known. */
export type Totals = {
  usage: Usage;
  tokensUsed: number;
  costNanos: number | null;
  costMaxNanos: number | null;
  usageFinal: boolean;
};

export function totalsOf(attempts: readonly AttemptState[]): Totals {
  const usage = attempts.reduce((sum, attempt) => addUsage(sum, attempt.usage), NO_USAGE);
  return {
    usage,
    tokensUsed: usage.input_tokens + usage.output_tokens,
    costNanos: sumOrNull(attempts.map((attempt) => attempt.cost_nanos)),
    costMaxNanos: sumOrNull(attempts.map((attempt) => attempt.cost_max_nanos)),
    usageFinal: attempts.every((attempt) => attempt.usage_final),
  };
}

/** The delegation as the API shows it. `output` is the answer's text, null until it is complete. */
export function delegationView(spec: DelegationSpec, state: DelegationState, output: string | null): Delegation {
  const totals = totalsOf(state.attempts);
  const candidate = spec.candidates[state.candidate] ?? spec.candidates[0];
  const answered = state.attempts.at(-1);
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
    model: (answered?.model ?? spec.cached?.model ?? candidate?.model) || null,
    cost: dollars(totals.costNanos),
    error: state.error,
    cost_nanos: totals.costNanos,
    usage_final: totals.usageFinal,
    cost_max: dollars(totals.costMaxNanos),
    cost_max_nanos: totals.costMaxNanos,
    requested_model: spec.candidates[0]?.requested ?? null,
    provider: answered?.provider ?? candidate?.provider ?? "",
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
    score: null,
  };
}

const FENCE_OPENS = /^```(?:json)?[ \t\r]*\n/;

/** Deeper values are parsed, but cannot be passed on. */
const MOST_DEPTH = 200;

/**
 * The JSON value of an answer, a Markdown code fence around it tolerated; undefined when it is not JSON, or nested more than
 * 200 levels deep.
 */
export function parsedAnswer(output: string): Delegation["output_data"] | undefined {
  try {
    const value = JSON.parse(unfenced(output.trim())) as Delegation["output_data"];
    return isDeeper(value, MOST_DEPTH) ? undefined : value;
  } catch {
    return undefined;
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
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

function addUsage(left: Usage, right: Usage): Usage {
  return {
    input_tokens: left.input_tokens + right.input_tokens,
    cached_input_tokens: left.cached_input_tokens + right.cached_input_tokens,
    cache_write_input_tokens: left.cache_write_input_tokens + right.cache_write_input_tokens,
    output_tokens: left.output_tokens + right.output_tokens,
    reasoning_output_tokens: left.reasoning_output_tokens + right.reasoning_output_tokens,
  };
}

const sumOrNull = (costs: (number | null)[]): number | null =>
  costs.reduce<number | null>((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0);

const isoTime = (at: number): string => new Date(at).toISOString();
const isoTimeOrNull = (at: number | null): string | null => (at === null ? null : isoTime(at));
