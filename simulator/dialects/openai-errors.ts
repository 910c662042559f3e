import type { ErrorReply, Refusal } from "./dialect.ts";

type Words = { type: string; code: string | null; message: string; param?: string };

const ERRORS: { [status: number]: Words } = {
  400: { type: "invalid_request_error", code: "invalid_value", message: "Invalid value for a parameter." },
  401: { type: "invalid_request_error", code: "invalid_api_key", message: "Incorrect API key provided." },
  402: { type: "insufficient_quota", code: "insufficient_quota", message: "Payment required: add credits to your account." },
  403: {
    type: "invalid_request_error",
    code: "unsupported_country_region_territory",
    message: "Country, region, or territory not supported",
  },
  404: {
    type: "invalid_request_error",
    code: "model_not_found",
    message: "The requested model does not exist or you do not have access to it.",
    param: "model",
  },
  408: { type: "server_error", code: null, message: "Request timed out." },
  413: { type: "invalid_request_error", code: null, message: "Request body too large." },
  422: { type: "invalid_request_error", code: null, message: "The request could not be processed." },
  429: {
    type: "requests",
    code: "rate_limit_exceeded",
    message: "Rate limit reached for requests per minute (RPM): Limit 500, Used 500.",
  },
  503: {
    type: "server_error",
    code: "server_is_overloaded",
    message: "The engine is currently overloaded, please try again later",
  },
  529: { type: "server_error", code: "server_is_overloaded", message: "Overloaded" },
};
const OTHERWISE: Words = {
  type: "server_error",
  code: "server_error",
  message: "The server had an error while processing your request.",
};

const SPECIAL: Record<NonNullable<Refusal["error"]>, Words> = {
  quota_exhausted: {
    type: "insufficient_quota",
    code: "insufficient_quota",
    message: "You exceeded your current quota, please check your plan and billing details.",
  },
  spend_limit: {
    type: "insufficient_quota",
    code: "organization_spend_limit_exceeded",
    message: "Your organization has reached its monthly spend limit.",
  },
  context_overflow: {
    type: "invalid_request_error",
    code: "context_length_exceeded",
    message: "Your input exceeds the context window of this model. Please adjust your input and try again.",
    param: "input",
  },
};

/** The one error body of both OpenAI APIs; `code`, `type` and `param` are what the SDK's APIError carries. */
export function refuseLikeOpenAi({ status, error, retry_after, message }: Refusal): ErrorReply {
  const words = error === undefined ? (ERRORS[status] ?? OTHERWISE) : SPECIAL[error];
  const headers: { [name: string]: string } = retry_after === undefined ? {} : { "retry-after": String(retry_after) };
  const body = { message: message ?? words.message, type: words.type, param: words.param ?? null, code: words.code };
  return { status, headers, body: { error: body } };
}
