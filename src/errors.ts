/** What the HTTP API answers when it refuses: the closed list of codes with the one status and title of each (RFC 9457). */
export const API_ERRORS = {
  invalid_request: { status: 400, title: "The request is not valid" },
  provider_not_configured: { status: 400, title: "The provider has no credentials here" },
  unauthorized: { status: 401, title: "No valid key" },
  budget_exceeded: { status: 402, title: "The budget does not allow this" },
  forbidden: { status: 403, title: "Not allowed" },
  not_found: { status: 404, title: "Not found" },
  conflict: { status: 409, title: "In conflict with what exists" },
  already_created: { status: 409, title: "Already created" },
  gone: { status: 410, title: "Deleted" },
  payload_too_large: { status: 413, title: "Too large" },
  idempotency_mismatch: { status: 422, title: "The Idempotency-Key was used with another body" },
  rate_limited: { status: 429, title: "Too many requests" },
  internal: { status: 500, title: "Something failed on our side" },
  unavailable: { status: 503, title: "Not available" },
} as const;
export type ApiErrorCode = keyof typeof API_ERRORS;

/** What a caller is told of a fault of ours: nothing of its cause, but where it is found. */
export const INTERNAL_DETAIL = `${API_ERRORS.internal.title}. The request id finds it in our log.`;

/**
 * Why a delegation or one of its attempts failed, and what the retry policy does about it:
 * `wait` a refusal that cost nothing and that waiting cures · `again` the same candidate may be tried again ·
 * `next` final for this candidate, another one may do · `stop` final for the whole delegation.
 */
export const FAILURES = {
  provider_rate_limited: "wait",
  provider_overloaded: "wait",
  provider_upstream: "again",
  truncated_stream: "again",
  timeout: "again",
  interrupted: "again",
  provider_auth: "next",
  provider_quota_exhausted: "next",
  provider_invalid_request: "next",
  model_not_found: "next",
  refused: "next",
  blocked: "next",
  context_exceeded: "next",
  invalid_output: "next",
  deadline_exceeded: "stop",
  cancelled: "stop",
  rejected: "stop",
  approval_expired: "stop",
  budget_exceeded: "stop",
  conflict: "stop",
  internal: "stop",
  all_candidates_failed: "stop",
} as const;
export type FailureCode = keyof typeof FAILURES;

/** Why a flow failed as a whole; of each step its delegation tells. */
export const FLOW_FAILURES = [
  "step_failed",
  "too_few_answers",
  "invalid_plan",
  "all_parts_failed",
  "prompt_empty",
  "prompt_too_large",
  "deadline_exceeded",
  "cancelled",
] as const;
export type FlowFailureCode = (typeof FLOW_FAILURES)[number];

/** One field of the caller's input that was refused; `path` is dotted (`fallbacks.0.model`), `""` for the whole body. */
export type FieldProblem = { path: string; message: string };

/** A refusal meant for the caller: its message and fields are shown as they are. Everything else thrown becomes `internal`. */
export class AppError extends Error {
  readonly code: ApiErrorCode;
  readonly fields: readonly FieldProblem[];
  /** When it is worth to try again; undefined = that is not known. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ApiErrorCode,
    message: string,
    fields: readonly FieldProblem[] = [],
    options: { retryAfterSeconds?: number } = {},
  ) {
    super(message);
    this.name = "AppError";
    this.code = code;
    this.fields = fields;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
