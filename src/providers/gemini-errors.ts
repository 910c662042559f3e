import { ApiError } from "@google/genai/web";
import type { FailureCode } from "../errors.ts";
import { ProviderError } from "./provider.ts";
import { brokenStreamError, codeOfStatus, refusalError, saysContextOverflow, unreachableError } from "./vendor-error.ts";

const VENDOR = "Google";

/** The parts of a `google.rpc.Status` that matter here (https://cloud.google.com/apis/design/errors). */
type Status = { message: string; reasons: string[]; quotaIds: string[]; retryAfterMs: number | undefined };

/** Budgets that no short wait refills; the text about "plan and billing" comes with every kind of 429 and says nothing. */
const SPENT = /spend(ing)? (limit|cap)|credits? (are|is|have been) (depleted|exhausted)/i;

/** What a call that brought no stream means; `retryAfterMs` is the Retry-After header's, if there was one. */
export function geminiCallError(error: unknown, retryAfterMs: number | undefined): ProviderError {
  if (!(error instanceof ApiError)) return unreachableError(VENDOR, error);
  const status = statusOf(error.message);
  return refusalError({
    vendor: VENDOR,
    status: error.status,
    message: status.message,
    code: exactCodeOf(error.status, status),
    retryAfterMs: retryAfterMs ?? status.retryAfterMs,
    cause: error,
  });
}

/** What a stream that broke while it was read means: an error chunk, a lost connection, or JSON that does not parse. */
export function geminiStreamError(error: unknown, requestId: string | undefined): ProviderError {
  if (!(error instanceof ApiError)) return brokenStreamError(VENDOR, error, requestId);
  const status = statusOf(error.message);
  const code = exactCodeOf(error.status, status) ?? codeOfStatus(error.status);
  return new ProviderError(code, `${VENDOR} broke off its answer: ${status.message}`, {
    requestId,
    retryAfterMs: status.retryAfterMs,
    cause: error,
  });
}

/** Google says several things by one status: a wrong key is a 400, a spent daily quota a 429 like any burst. */
function exactCodeOf(httpStatus: number, status: Status): FailureCode | undefined {
  if (status.reasons.includes("API_KEY_INVALID")) return "provider_auth";
  if (httpStatus === 400 && /API key (not valid|expired)/i.test(status.message)) return "provider_auth";
  if (httpStatus === 400 && saysContextOverflow(status.message)) return "context_exceeded";
  if (httpStatus !== 429) return undefined;
  const spent = status.quotaIds.some((id) => /PerDay|PerMonth/i.test(id)) || SPENT.test(status.message);
  return spent ? "provider_quota_exhausted" : undefined;
}

/** The SDK puts the error body into the message, after `got status: X. ` when it came in a stream. */
function statusOf(text: string): Status {
  const status: Status = { message: text, reasons: [], quotaIds: [], retryAfterMs: undefined };
  const error = field(parsed(text.slice(Math.max(0, text.indexOf("{")))), "error");
  const message = field(error, "message");
  if (typeof message === "string") status.message = message;
  for (const detail of listOf(field(error, "details"))) {
    const reason = field(detail, "reason");
    if (typeof reason === "string") status.reasons.push(reason);
    for (const violation of listOf(field(detail, "violations"))) {
      const quotaId = field(violation, "quotaId");
      if (typeof quotaId === "string") status.quotaIds.push(quotaId);
    }
    // google.rpc.RetryInfo: a protobuf Duration in JSON, seconds with a suffix ("34.07s").
    const delay = field(detail, "retryDelay");
    const seconds = typeof delay === "string" ? /^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1] : undefined;
    if (seconds !== undefined) status.retryAfterMs = Math.ceil(Number(seconds) * 1000);
  }
  return status;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as { [name: string]: unknown })[name] : undefined;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
