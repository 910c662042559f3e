import { type LogFields, log } from "../../lib/log.ts";
import type { Outcome } from "../../providers/provider.ts";
import type { Candidate, DelegationSpec } from "../delegation-rpc.ts";
import type { AttemptState, DelegationState } from "../delegation-state.ts";

/** Well-known values where the conventions have one. */
const PROVIDER_NAMES: { readonly [provider in Candidate["provider"]]: string } = {
  claude: "anthropic",
  gemini: "gcp.gemini",
  codex: "openai",
  copilot: "github.copilot",
  compatible: "openai_compatible",
};
const OPERATIONS: { readonly [provider in Candidate["provider"]]: string } = {
  claude: "chat",
  gemini: "generate_content",
  codex: "chat",
  copilot: "invoke_agent",
  compatible: "chat",
};
const FINISH_REASONS: { readonly [outcome in Outcome]: string } = {
  completed: "stop",
  truncated: "length",
  refused: "content_filter",
  blocked: "content_filter",
  context_exceeded: "error",
};

/**
 * What the log says of an ended attempt: ids, counts and codes, under the names of the OpenTelemetry GenAI conventions
 * (`@opentelemetry/semantic-conventions` 1.45.0, since kept in open-telemetry/semantic-conventions-genai), and `depute.*`
 * where these have none. `gen_ai.response.id` is the id by which the vendor finds the call. Costs in nano-dollars, null =
 * not known; what was not counted or not answered is absent.
 */
export function attemptLine(spec: DelegationSpec, attempt: AttemptState): LogFields {
  const candidate = spec.candidates[attempt.candidate];
  const { usage, outcome, started_at, first_token_at, ended_at } = attempt;
  return {
    "gen_ai.operation.name": OPERATIONS[attempt.provider],
    "gen_ai.provider.name": PROVIDER_NAMES[attempt.provider],
    "gen_ai.request.model": candidate?.model || undefined,
    "gen_ai.response.model": outcome === null ? undefined : attempt.model,
    "gen_ai.response.id": attempt.request_id ?? undefined,
    "gen_ai.response.finish_reasons": outcome === null ? undefined : [FINISH_REASONS[outcome]],
    "gen_ai.response.time_to_first_chunk": first_token_at === null ? undefined : (first_token_at - started_at) / 1_000,
    "gen_ai.usage.input_tokens": usage.input_tokens,
    "gen_ai.usage.output_tokens": usage.output_tokens,
    "gen_ai.usage.cache_read.input_tokens": usage.cached_input_tokens,
    "gen_ai.usage.cache_creation.input_tokens": usage.cache_write_input_tokens,
    "gen_ai.usage.reasoning.output_tokens": usage.reasoning_output_tokens,
    "error.type": attempt.error?.code,
    ...taskIds(spec),
    "depute.attempt": attempt.number,
    "depute.attempt.status": attempt.status,
    "depute.provider": attempt.provider,
    "depute.endpoint": candidate?.endpoint ?? undefined,
    "depute.agent": spec.agent,
    "depute.key_id": spec.key_id,
    "depute.batch_id": spec.batch_id,
    "depute.flow_id": spec.flow?.id,
    "depute.flow_step": spec.flow?.step,
    "depute.cost_nanos": attempt.cost_nanos,
    "depute.usage_final": attempt.usage_final,
    duration_ms: ended_at === null ? undefined : ended_at - started_at,
  };
}

/** By what each line about a task is found. */
export const taskIds = (spec: DelegationSpec | undefined): LogFields => ({
  "depute.workspace": spec?.workspace,
  "depute.task_id": spec?.task_id,
  request_id: spec?.request_id,
});

/** Gives each attempt that ended since `before` its line in the log. */
export function logEnded({ spec, state }: { spec: DelegationSpec; state: DelegationState }, before: DelegationState): void {
  for (const attempt of endedBetween(before, state)) log.info(attemptLine(spec, attempt), "an attempt ended");
}

/** The attempts that ended between two states of a task. */
export function endedBetween(before: DelegationState, after: DelegationState): AttemptState[] {
  const open = new Set(before.attempts.filter(({ ended_at }) => ended_at === null).map(({ number }) => number));
  const isNew = ({ number }: AttemptState) => number > before.attempts.length || open.has(number);
  return after.attempts.filter((attempt) => attempt.ended_at !== null && isNew(attempt));
}
