import { APIConnectionError, APIError } from "@anthropic-ai/sdk/error";
import type { FailureCode } from "../errors.ts";
import { ProviderError } from "./provider.ts";
import { brokenStreamError, refusalError, retryAfterMsOf, saysContextOverflow, unreachableError } from "./vendor-error.ts";

const VENDOR = "Anthropic";

/** `error.details.error_code` values that name the cause better than status and type do (SDK 1.12, resources/shared). */
const CODE_OF_ERROR_CODE: { readonly [errorCode: string]: FailureCode } = {
  contract_spend_limit_reached: "provider_quota_exhausted",
  enforced_spend_limit_reached: "provider_quota_exhausted",
  linked_organization_billing_unavailable: "provider_quota_exhausted",
  linked_organization_spend_limit_reached: "provider_quota_exhausted",
  organization_on_hold: "provider_auth",
  ramp_limit_exceeded: "provider_rate_limited",
};

/** `error.type` values (https://platform.claude.com/docs/en/api/errors); in a stream they come without a status. */
const CODE_OF_TYPE: { readonly [type: string]: FailureCode } = {
  api_error: "provider_upstream",
  authentication_error: "provider_auth",
  billing_error: "provider_quota_exhausted",
  invalid_request_error: "provider_invalid_request",
  not_found_error: "model_not_found",
  overloaded_error: "provider_overloaded",
  permission_error: "provider_auth",
  rate_limit_error: "provider_rate_limited",
  request_too_large: "context_exceeded",
  timeout_error: "provider_upstream",
};

/**
 * A spend limit that the organisation set itself, and an empty prepaid balance, are a plain 400 told apart by their text. The
 * limit of its tier is a 429 with an error code; where that was lost on the way, the text tells, and that no wait is named.
 */
const SPENT = /usage limits|spend(ing)? limit|credit balance/i;

/** What a call that brought no stream means. */
export function claudeCallError(error: unknown): ProviderError {
  if (!(error instanceof APIError) || error.status === undefined) {
    return unreachableError(VENDOR, error instanceof APIConnectionError ? (error.cause ?? error) : error);
  }
  const retryAfterMs = error.headers === undefined ? undefined : retryAfterMsOf(error.headers);
  return refusalError({
    vendor: VENDOR,
    status: error.status,
    message: error.apiMessage ?? error.message.replace(/^\d{3} /, ""),
    code: exactCodeOf(error, retryAfterMs),
    retryAfterMs,
    requestId: error.requestID ?? undefined,
    cause: error,
  });
}

/** What a stream that broke while it was read means: an `error` event, a lost connection, or JSON that does not parse. */
export function claudeStreamError(error: unknown, requestId: string | undefined): ProviderError {
  if (!(error instanceof APIError)) return brokenStreamError(VENDOR, error, requestId);
  const code = exactCodeOf(error) ?? CODE_OF_TYPE[error.type ?? ""] ?? "provider_upstream";
  const message = `${VENDOR} broke off its answer: ${error.apiMessage ?? error.message}`;
  return new ProviderError(code, message, { requestId, cause: error });
}

function exactCodeOf(error: APIError, retryAfterMs?: number): FailureCode | undefined {
  const known = CODE_OF_ERROR_CODE[error.errorCode ?? ""];
  if (known !== undefined) return known;
  const message = error.apiMessage ?? "";
  if (error.type === "billing_error") return "provider_quota_exhausted";
  if (error.type === "rate_limit_error" && retryAfterMs === undefined && SPENT.test(message)) return "provider_quota_exhausted";
  if (error.type !== "invalid_request_error") return undefined;
  if (saysContextOverflow(message)) return "context_exceeded";
  return SPENT.test(message) ? "provider_quota_exhausted" : undefined;
}
