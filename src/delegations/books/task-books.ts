import { totalNanos } from "../../lib/nanos.ts";
import { NO_USAGE, type Usage } from "../../providers/provider.ts";
import type { DelegationSpec } from "../delegation-rpc.ts";
import type { AttemptState, DelegationState } from "../delegation-state.ts";

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
    costNanos: totalNanos(attempts.map((attempt) => attempt.cost_nanos)),
    costMaxNanos: totalNanos(attempts.map((attempt) => attempt.cost_max_nanos)),
    usageFinal: attempts.every((attempt) => attempt.usage_final),
  };
}

/** The totals of a task; of work on record, which has no attempts, what was told of it. */
export function booksOf({ recorded }: DelegationSpec, { attempts }: DelegationState): Totals {
  if (recorded === undefined) return totalsOf(attempts);
  const { usage, tokens_used: tokensUsed, cost_nanos } = recorded;
  return { usage, tokensUsed, costNanos: cost_nanos, costMaxNanos: cost_nanos, usageFinal: true };
}

type Executor = { provider: string; endpoint: string | null; model: string | null; requested_model: string | null };

/** Who did the work, or whose turn it is. */
export function executorOf(spec: DelegationSpec, state: DelegationState): Executor {
  if (spec.recorded !== undefined) {
    const { provider, model, requested_model } = spec.recorded;
    return { provider, endpoint: null, model, requested_model };
  }
  const candidate = spec.candidates[state.candidate] ?? spec.candidates[0];
  const answered = state.attempts.at(-1);
  return {
    provider: answered?.provider ?? candidate?.provider ?? "",
    endpoint: candidate?.endpoint ?? null,
    model: (answered?.model ?? spec.cached?.model ?? candidate?.model) || null,
    requested_model: spec.candidates[0]?.requested ?? null,
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
