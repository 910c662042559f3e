import { APIConnectionError, APIError } from "openai";
import type { FailureCode } from "../errors.ts";
import { ProviderError } from "./provider.ts";
import {
  brokenStreamError,
  codeOfStatus,
  refusalError,
  retryAfterMsOf,
  saysContextOverflow,
  unreachableError,
} from "./vendor-error.ts";

/**
 * Values of `error.code` and `error.type` that name the cause better than the status does. OpenAI's are those of
 * https://developers.openai.com/api/docs/guides/error-codes and of `ResponseError` in SDK 7.57; `content_filter` is Azure's,
 * `exceed_context_size_error` llama.cpp's.
 */
const EXACT: { readonly [word: string]: FailureCode } = {
  insufficient_quota: "provider_quota_exhausted",
  credit_balance_exhausted: "provider_quota_exhausted",
  organization_usage_limit_exceeded: "provider_quota_exhausted",
  organization_spend_limit_exceeded: "provider_quota_exhausted",
  project_spend_limit_exceeded: "provider_quota_exhausted",
  billing_hard_limit_reached: "provider_quota_exhausted",
  billing_not_active: "provider_quota_exhausted",
  account_deactivated: "provider_auth",
  invalid_api_key: "provider_auth",
  context_length_exceeded: "context_exceeded",
  string_above_max_length: "context_exceeded",
  exceed_context_size_error: "context_exceeded",
  model_not_found: "model_not_found",
  invalid_prompt: "blocked",
  bio_policy: "blocked",
  misalignment_policy_violation: "blocked",
  content_policy_violation: "blocked",
  content_filter: "blocked",
};

/** The words that are needed only where there is no status: in a stream and in a failed response. */
const WITHOUT_STATUS: { readonly [word: string]: FailureCode } = {
  authentication_error: "provider_auth",
  invalid_request_error: "provider_invalid_request",
  not_found_error: "model_not_found",
  overloaded_error: "provider_overloaded",
  permission_error: "provider_auth",
  rate_limit_error: "provider_rate_limited",
  rate_limit_exceeded: "provider_rate_limited",
  server_is_overloaded: "provider_overloaded",
  slow_down: "provider_overloaded",
};

/** A 429 that no wait cures: the request alone is larger than what the account may send in a minute. */
const LARGER_THAN_ALLOWANCE = /^request too large for /i;
/** OpenRouter's 400 for a model that it does not have. */
const NO_SUCH_MODEL = /is not a valid model id/i;

/** The fields of an error as OpenAI and those who follow it write them; none can be relied on. */
export type OpenaiErrorWords = { code?: unknown; type?: unknown; message?: unknown; metadata?: unknown };

/** What an error says more exactly than its status; undefined when it says no more. */
function exactCodeOf(error: OpenaiErrorWords): FailureCode | undefined {
  const known = EXACT[String(error.code)] ?? EXACT[String(error.type)];
  if (known !== undefined) return known;
  const message = String(error.message ?? "");
  if (saysContextOverflow(message) || LARGER_THAN_ALLOWANCE.test(message)) return "context_exceeded";
  if (NO_SUCH_MODEL.test(message)) return "model_not_found";
  return wasFlagged(error.metadata) ? "blocked" : undefined;
}

/** The failure of an error object that came inside an answer. A numeric `code` is an HTTP status (OpenRouter). */
export function codeWithoutStatus(error: OpenaiErrorWords): FailureCode {
  const exact = exactCodeOf(error);
  if (exact !== undefined) return exact;
  const status = Number(error.code);
  if (status >= 400 && status < 600) return codeOfStatus(status);
  return WITHOUT_STATUS[String(error.code)] ?? WITHOUT_STATUS[String(error.type)] ?? "provider_upstream";
}

/** What a call that brought no stream means. */
export function openaiCallError(vendor: string, error: unknown): ProviderError {
  if (!(error instanceof APIError) || error.status === undefined) {
    return unreachableError(vendor, error instanceof APIConnectionError ? (error.cause ?? error) : error);
  }
  return refusalError({
    vendor,
    status: error.status,
    message: error.message.replace(/^\d{3} /, "").replace(/^status code \(no body\)$/, ""),
    code: exactCodeOf(wordsOf(error)),
    retryAfterMs: error.headers === undefined ? undefined : retryAfterMsOf(error.headers),
    requestId: error.requestID ?? undefined,
    cause: error,
  });
}

/** What a stream that broke while it was read means: an error in its midst, a lost connection, or JSON that does not parse. */
export function openaiStreamError(vendor: string, error: unknown, requestId: string | undefined): ProviderError {
  if (error instanceof ProviderError) return error;
  if (!(error instanceof APIError)) return brokenStreamError(vendor, error, requestId);
  return errorInStream(vendor, wordsOf(error), { requestId, cause: error });
}

/** An error object that the vendor sent instead of the rest of its answer. */
export function errorInStream(
  vendor: string,
  error: OpenaiErrorWords,
  about: { requestId: string | undefined; cause?: unknown },
): ProviderError {
  const message = typeof error.message === "string" && error.message !== "" ? error.message : JSON.stringify(error);
  return new ProviderError(codeWithoutStatus(error), `${vendor} broke off its answer: ${message.slice(0, 1_000)}`, about);
}

/** The SDK's message has the whole body in it when the server's error is in a shape of its own. */
function wordsOf(error: APIError): OpenaiErrorWords {
  return { message: error.message, ...(typeof error.error === "object" && error.error) };
}

/** OpenRouter's moderation: 403 with `metadata.flagged_input` (https://openrouter.ai/docs/api-reference/errors). */
function wasFlagged(metadata: unknown): boolean {
  return typeof metadata === "object" && metadata !== null && "flagged_input" in metadata;
}
