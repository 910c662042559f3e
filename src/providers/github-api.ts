import type { FailureCode } from "../errors.ts";
import { ProviderError } from "./provider.ts";
import { codeOfStatus, refusalError, retryAfterMsOf, unreachableError } from "./vendor-error.ts";

const VENDOR = "GitHub";
/** The version in which the agent tasks API is described (https://docs.github.com/rest/agent-tasks). */
const API_VERSION = "2026-03-10";

export type GithubAccount = { token: string; apiUrl: string };
export type GithubCall = { method: "GET" | "POST"; path: string; body?: object; signal: AbortSignal };

/**
 * One call to GitHub's REST API; resolves to the parsed JSON. Throws ProviderError: for an error status, for no answer at
 * all, for a body that is no JSON. A 5xx to a POST is not `free`: the work may have been accepted all the same.
 */
export async function callGithub(account: GithubAccount, call: GithubCall): Promise<unknown> {
  const response = await send(account, call);
  const requestId = response.headers.get("x-github-request-id") ?? undefined;
  const text = await response.text().catch((cause: unknown) => {
    throw unreachableError(VENDOR, cause);
  });
  const body = parsed(text);
  if (response.ok) {
    if (body !== undefined) return body;
    throw new ProviderError("provider_upstream", `${VENDOR} answered ${response.status} with something that is not JSON`, {
      requestId,
    });
  }
  const message = messageOf(body);
  const error = refusalError({
    vendor: VENDOR,
    status: response.status,
    message,
    code: codeOf(response, message),
    retryAfterMs: waitMsOf(response.headers),
    requestId,
  });
  if (call.method === "GET" || response.status < 500) throw error;
  throw new ProviderError(error.code, error.message, { retryAfterMs: error.retryAfterMs, requestId });
}

async function send(account: GithubAccount, { method, path, body, signal }: GithubCall): Promise<Response> {
  try {
    return await fetch(`${account.apiUrl.replace(/\/+$/, "")}${path}`, {
      method,
      signal,
      headers: {
        Accept: "application/vnd.github+json",
        Authorization: `Bearer ${account.token}`,
        "User-Agent": "depute",
        "X-GitHub-Api-Version": API_VERSION,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw unreachableError(VENDOR, cause);
  }
}

/**
 * GitHub says 403 for missing rights, for its rate limits and for used-up Copilot credits, and 404 for a repository that
 * the token may not see. Nothing of that is a missing model (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api).
 */
function codeOf({ status, headers }: Response, message: string): FailureCode {
  if (status === 403 || status === 429) {
    if (headers.has("retry-after") || headers.get("x-ratelimit-remaining") === "0") return "provider_rate_limited";
    if (/rate limit/i.test(message)) return "provider_rate_limited";
    if (/quota|credit|billing|spending|budget/i.test(message)) return "provider_quota_exhausted";
  }
  if (status === 404) return "provider_auth";
  if (status === 422 && /\bmodel\b/i.test(message)) return "model_not_found";
  return codeOfStatus(status);
}

/** `Retry-After`, else the time until `x-ratelimit-reset` (seconds since the epoch) when the allowance is used up. */
function waitMsOf(headers: Headers): number | undefined {
  const asked = retryAfterMsOf(headers);
  const resetSeconds = Number(headers.get("x-ratelimit-reset") ?? Number.NaN);
  if (asked !== undefined || headers.get("x-ratelimit-remaining") !== "0" || !Number.isFinite(resetSeconds)) return asked;
  return Math.max(0, resetSeconds * 1000 - Date.now());
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `message`, followed by what `errors` adds (422). */
function messageOf(body: unknown): string {
  if (typeof body !== "object" || body === null || !("message" in body)) return "";
  const errors: unknown[] = "errors" in body && Array.isArray(body.errors) ? body.errors : [];
  const details = errors.map((error) => (typeof error === "string" ? error : JSON.stringify(error)));
  return [String(body.message), ...details].join("; ");
}
