import { describe, expect, test } from "vitest";
import { claudeProvider } from "../../../src/providers/claude.ts";
import { ProviderError } from "../../../src/providers/provider.ts";
import { providerRequest } from "../../support/provider-request.ts";
import { RecordingSink } from "../../support/recording-sink.ts";
import { jsonReply, type WireReply, WireServer } from "../../support/wire-server.ts";

async function failureOf(reply: WireReply): Promise<ProviderError> {
  await using server = await WireServer.playing(reply);
  return await failureAt(server.baseUrl, new AbortController().signal);
}

async function failureAt(baseUrl: string, signal: AbortSignal): Promise<ProviderError> {
  const sink = new RecordingSink();
  const provider = claudeProvider({ apiKey: "key-1", baseUrl });
  const failure = await provider.stream(providerRequest(), sink, signal).catch((error: unknown) => error);
  expect(sink).toMatchObject({ texts: [], usages: [] });
  expect(failure).toBeInstanceOf(ProviderError);
  return failure as ProviderError;
}

const body = (type: string, message: string, errorCode?: string) => ({
  type: "error",
  error: { type, message, ...(errorCode === undefined ? {} : { details: { error_code: errorCode } }) },
  request_id: "req_1",
});

describe("claudeProvider, refused over HTTP", () => {
  test.each([
    [400, "invalid_request_error", "max_tokens: too large", "provider_invalid_request"],
    [400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum", "context_exceeded"],
    [400, "invalid_request_error", "You have reached your specified API usage limits.", "provider_quota_exhausted"],
    [400, "invalid_request_error", "Your credit balance is too low to access the API.", "provider_quota_exhausted"],
    [401, "authentication_error", "invalid bearer token", "provider_auth"],
    [402, "billing_error", "payment required", "provider_quota_exhausted"],
    [403, "permission_error", "not for this key", "provider_auth"],
    [404, "not_found_error", "model: claude-gone", "model_not_found"],
    [408, "timeout_error", "too slow", "provider_upstream"],
    [413, "request_too_large", "over 32 MB", "context_exceeded"],
    [429, "rate_limit_error", "slow down", "provider_rate_limited"],
    [429, "rate_limit_error", "You have reached your specified workspace API usage limits.", "provider_quota_exhausted"],
    [500, "api_error", "internal", "provider_upstream"],
    [503, "api_error", "unavailable", "provider_overloaded"],
    [529, "overloaded_error", "overloaded", "provider_overloaded"],
  ])("%i %s «%s» is %s, and free", async (status, type, message, code) => {
    const failure = await failureOf(jsonReply(status, body(type, message), { "request-id": "req_1" }));
    expect(failure).toMatchObject({ code, free: true, requestId: "req_1", message: `Anthropic answered ${status}: ${message}` });
  });

  test.each([
    ["enforced_spend_limit_reached", "provider_quota_exhausted"],
    ["contract_spend_limit_reached", "provider_quota_exhausted"],
    ["ramp_limit_exceeded", "provider_rate_limited"],
    ["brand_new_code", "provider_rate_limited"],
  ])("429 with error_code %s is %s", async (errorCode, code) => {
    expect((await failureOf(jsonReply(429, body("rate_limit_error", "no", errorCode)))).code).toBe(code);
  });

  test("429 for a spend limit is a wait when the vendor says how long, by Retry-After", async () => {
    const spent = body("rate_limit_error", "Your workspace has reached its spend limit.");
    expect(await failureOf(jsonReply(429, spent, { "retry-after": "9" }))).toMatchObject({
      code: "provider_rate_limited",
      retryAfterMs: 9_000,
    });
  });

  test("403 of an organisation on hold is a matter of the account", async () => {
    const failure = await failureOf(jsonReply(403, body("permission_error", "no", "organization_on_hold")));
    expect(failure.code).toBe("provider_auth");
  });

  test("passes on how long to wait", async () => {
    expect((await failureOf(jsonReply(429, body("rate_limit_error", "no"), { "retry-after": "9" }))).retryAfterMs).toBe(9_000);
    expect((await failureOf(jsonReply(529, body("overloaded_error", "no"), { "retry-after-ms": "30" }))).retryAfterMs).toBe(30);
    expect((await failureOf(jsonReply(429, body("rate_limit_error", "no")))).retryAfterMs).toBeUndefined();
  });

  test("shows the page of a proxy that is not JSON", async () => {
    const failure = await failureOf({ status: 502, headers: { "content-type": "text/html" }, writes: ["<h1>Bad gateway</h1>"] });
    expect(failure).toMatchObject({ code: "provider_upstream", message: "Anthropic answered 502: <h1>Bad gateway</h1>" });
  });
});

describe("claudeProvider, without any answer", () => {
  test("says that nobody listens, and does not call it free", async () => {
    const server = await WireServer.playing({});
    const { baseUrl } = server;
    await server[Symbol.asyncDispose]();
    const failure = await failureAt(baseUrl, new AbortController().signal);
    expect(failure).toMatchObject({ code: "provider_upstream", free: false, message: expect.stringContaining("ECONNREFUSED") });
  });

  test("gives up a call that waits for its headers when the caller aborts", async () => {
    await using server = await WireServer.playing({ end: "hang" });
    const failure = await failureAt(server.baseUrl, AbortSignal.timeout(50));
    expect(failure.free).toBe(false);
    await server.request.closed;
  });
});
