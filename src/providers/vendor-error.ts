import type { FailureCode } from "../errors.ts";
import { ProviderError } from "./provider.ts";

const MESSAGE_CHARS = 1_000;

/** What an HTTP error status means when the body says nothing more exact. Statuses that are absent fall back by class. */
const CODE_OF_STATUS: { readonly [status: number]: FailureCode } = {
  401: "provider_auth",
  402: "provider_quota_exhausted",
  403: "provider_auth",
  404: "model_not_found",
  408: "provider_upstream",
  409: "provider_upstream",
  410: "model_not_found",
  413: "context_exceeded",
  425: "provider_upstream",
  429: "provider_rate_limited",
  499: "provider_upstream",
  503: "provider_overloaded",
  529: "provider_overloaded",
};

/** The failure an HTTP error status stands for: the table above, else 5xx `provider_upstream`, else `provider_invalid_request`. */
export function codeOfStatus(status: number): FailureCode {
  return CODE_OF_STATUS[status] ?? (status >= 500 ? "provider_upstream" : "provider_invalid_request");
}

/** An HTTP answer with an error status, before any stream began. */
export type Refusal = {
  /** As shown to people: `Anthropic`, `OpenAI`, … */
  vendor: string;
  status: number;
  /** The vendor's own words; empty when it gave none. */
  message: string;
  /** What the body says more exactly than the status; default `codeOfStatus(status)`. */
  code?: FailureCode | undefined;
  retryAfterMs?: number | undefined;
  requestId?: string | undefined;
  cause?: unknown;
};

/** The error of a refusal. It is `free`: vendors bill neither 4xx nor 5xx answers. */
export function refusalError(refusal: Refusal): ProviderError {
  const { vendor, status, retryAfterMs, requestId, cause } = refusal;
  const message = refusal.message === "" ? "no explanation" : refusal.message.slice(0, MESSAGE_CHARS);
  return new ProviderError(refusal.code ?? codeOfStatus(status), `${vendor} answered ${status}: ${message}`, {
    free: true,
    retryAfterMs,
    requestId,
    cause,
  });
}

/** No HTTP answer came: unknown host, refused connection, TLS, a socket lost while waiting for the headers. */
export function unreachableError(vendor: string, cause: unknown): ProviderError {
  return new ProviderError("provider_upstream", `${vendor} could not be reached: ${reasonOf(cause)}`, { cause });
}

/**
 * A stream that began and broke while it was read: JSON that does not parse is the vendor's fault (`provider_upstream`),
 * anything else a lost connection (`truncated_stream`).
 */
export function brokenStreamError(vendor: string, cause: unknown, requestId: string | undefined): ProviderError {
  return cause instanceof SyntaxError
    ? new ProviderError("provider_upstream", `${vendor} sent a malformed event: ${reasonOf(cause)}`, { requestId, cause })
    : new ProviderError("truncated_stream", `The stream of ${vendor} broke off: ${reasonOf(cause)}`, { requestId, cause });
}

/** A stream that was closed cleanly but never reached its terminal marker. */
export function truncatedStreamError(vendor: string, marker: string, requestId: string | undefined): ProviderError {
  return new ProviderError("truncated_stream", `The stream of ${vendor} ended without ${marker}`, { requestId });
}

/**
 * The wait a vendor asks for, in milliseconds: `retry-after-ms` (OpenAI and Anthropic), else `Retry-After` as seconds or as
 * an HTTP date (RFC 9110, 10.2.3). Undefined when there is none, or none that parses.
 */
export function retryAfterMsOf(headers: Headers, nowMs: number = Date.now()): number | undefined {
  const exactMs = positive(headers.get("retry-after-ms"));
  if (exactMs !== undefined) return Math.ceil(exactMs);
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const seconds = positive(value);
  if (seconds !== undefined) return Math.ceil(seconds * 1000);
  const atMs = /[a-z]/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

const CONTEXT_OVERFLOW =
  /prompt is too long|input is too long|exceeds? (the )?(context (limit|window|length|size)|available context|maximum number of tokens|model's maximum)|maximum context length|context[_ ]length[_ ]exceeded|exceed_context_size/i;

/**
 * True when an error text says that prompt and answer do not fit the model's window. Vendors give this no code of its own
 * (OpenAI's `context_length_exceeded` apart); the wordings are those of Anthropic, OpenAI, Google, vLLM and llama.cpp.
 */
export function saysContextOverflow(message: string): boolean {
  return CONTEXT_OVERFLOW.test(message);
}

function positive(value: string | null): number | undefined {
  const number = value === null || value.trim() === "" ? Number.NaN : Number(value);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause).slice(0, MESSAGE_CHARS);
  const inner = cause.cause instanceof Error && cause.cause.message !== "" ? ` (${cause.cause.message})` : "";
  return `${cause.message}${inner}`.slice(0, MESSAGE_CHARS);
}

/** What a probe of a vendor found: the account works, or why it does not. */
export type ProbeResult = { ok: true } | { ok: false; code: FailureCode; message: string };

/** Runs a cheap call; a ProviderError becomes the result, everything else is thrown. */
export async function probeBy(call: () => Promise<unknown>): Promise<ProbeResult> {
  try {
    await call();
    return { ok: true };
  } catch (error) {
    if (error instanceof ProviderError) return { ok: false, code: error.code, message: error.message };
    throw error;
  }
}
