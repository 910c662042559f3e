import type { FailureCode } from "../../errors.ts";
import { NO_USAGE, type Usage } from "../../providers/provider.ts";
import type { Warning } from "../delegation.ts";
import type { AttemptState, InvalidAnswer } from "../delegation-state.ts";
import type { AttemptFailure } from "./retry-policy.ts";
import type { AttemptResult } from "./run-attempt.ts";

/** Vendors put whole request bodies into messages; a record keeps the head. */
const MESSAGE_CHARACTERS = 500;

/** Prices what an attempt used, in nano-dollars; null when the price is not known. */
export type Price = (used: { usage: Usage; model: string; serviceTier: string | undefined }) => number | null;

export type Ending = {
  result: AttemptResult;
  firstTokenAt: number | null;
  now: number;
  price: Price;
  /** Set when the answer is complete but not what was asked for (no JSON, or another than the schema's). */
  invalid: InvalidAnswer | undefined;
  /** False when the vendor may still be working on it. */
  repeatable: boolean;
};

/** The ended attempt with its usage and cost, and, when it failed, what the retry policy needs to know. */
export type Settled = { attempt: AttemptState; failure: AttemptFailure | undefined; warnings: Warning[] };

/**
 * Closes an attempt's books. With the vendor's final counts the cost is exact; without them (cut, timeout, cancel, crash)
 * `cost` is the lower bound and `cost_max` the reservation; a refusal before the stream began costs nothing.
 */
export function settledAttempt(attempt: AttemptState, ending: Ending): Settled {
  const { result } = ending;
  const closed = { ...attempt, first_token_at: ending.firstTokenAt ?? attempt.first_token_at, ended_at: ending.now };
  return result.kind === "answered" ? answered(closed, result.completion, ending) : failed(closed, result, ending);
}

function answered(
  attempt: AttemptState,
  completion: Extract<AttemptResult, { kind: "answered" }>["completion"],
  ending: Ending,
): Settled {
  const model = completion.model ?? attempt.model;
  const cost = completion.costNanos ?? ending.price({ usage: completion.usage, model, serviceTier: completion.serviceTier });
  const { invalid } = ending;
  const error = answerError(completion, invalid);
  const settled: AttemptState = {
    ...attempt,
    model,
    status: error === undefined ? "completed" : "failed",
    error: error ?? null,
    outcome: completion.outcome,
    usage: completion.usage,
    usage_final: completion.usageFinal,
    cost_nanos: cost,
    cost_max_nanos: completion.usageFinal ? cost : atLeast(attempt.cost_max_nanos, cost),
    request_id: completion.requestId ?? attempt.request_id,
  };
  const warnings = answerWarnings(settled);
  if (error === undefined) return { attempt: settled, failure: undefined, warnings };
  return {
    attempt: settled,
    warnings,
    failure: {
      code: error.code,
      free: false,
      retryAfterMs: undefined,
      repeatable: ending.repeatable,
      ...(error.code === "invalid_output" && { invalid }),
    },
  };
}

const REFUSALS = {
  refused: "The model refused to answer.",
  blocked: "The provider's safety filter blocked the answer.",
  context_exceeded: "The prompt does not fit the model's context window.",
} as const;

function answerError(
  { outcome, detail }: Extract<AttemptResult, { kind: "answered" }>["completion"],
  invalid: InvalidAnswer | undefined,
): { code: FailureCode; message: string } | undefined {
  if (outcome === "refused" || outcome === "blocked" || outcome === "context_exceeded") {
    return { code: outcome, message: clipped(detail ?? REFUSALS[outcome]) };
  }
  return invalid === undefined || outcome === "truncated" ? undefined : { code: "invalid_output", message: invalid.problem };
}

function failed(attempt: AttemptState, result: Extract<AttemptResult, { kind: "failed" }>, ending: Ending): Settled {
  const model = result.model ?? attempt.model;
  const usage = result.free ? NO_USAGE : result.usage;
  const lowerBound = result.free ? 0 : ending.price({ usage, model, serviceTier: undefined });
  const settled: AttemptState = {
    ...attempt,
    model,
    status: result.code === "cancelled" || result.code === "interrupted" ? result.code : "failed",
    error: { code: result.code, message: clipped(result.message) },
    usage,
    usage_final: result.free,
    cost_nanos: lowerBound,
    cost_max_nanos: result.free ? 0 : atLeast(attempt.cost_max_nanos, lowerBound),
    request_id: result.requestId ?? attempt.request_id,
  };
  const { code, free, retryAfterMs } = result;
  return {
    attempt: settled,
    failure: { code, free, retryAfterMs, repeatable: ending.repeatable },
    warnings: answerWarnings(settled),
  };
}

function answerWarnings(attempt: AttemptState): Warning[] {
  const warnings: Warning[] = [];
  if (attempt.outcome === "truncated") {
    warnings.push({ code: "output_truncated", message: `${attempt.model} reached its output limit: the answer is cut.` });
  }
  if (attempt.cost_nanos === null) {
    warnings.push({ code: "unpriced", message: `No price is known for ${attempt.model || attempt.provider}: its cost is null.` });
  }
  return warnings;
}

const atLeast = (bound: number | null, cost: number | null): number | null =>
  bound === null || cost === null ? null : Math.max(bound, cost);

const clipped = (message: string): string =>
  message.length <= MESSAGE_CHARACTERS ? message : `${message.slice(0, MESSAGE_CHARACTERS)}…`;
