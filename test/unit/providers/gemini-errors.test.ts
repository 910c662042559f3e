import { describe, expect, test } from "vitest";
import { geminiProvider } from "../../../src/providers/gemini.ts";
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
  const provider = geminiProvider({ apiKey: "key-1", baseUrl });
  const failure = await provider.stream(providerRequest(), sink, signal).catch((error: unknown) => error);
  expect(sink).toMatchObject({ texts: [], usages: [], answers: [] });
  expect(failure).toBeInstanceOf(ProviderError);
  return failure as ProviderError;
}

const body = (code: number, message: string, details: object[] = []) => ({ error: { code, message, status: "X", details } });
const quota = (...quotaIds: string[]) => ({
  "@type": "type.googleapis.com/google.rpc.QuotaFailure",
  violations: quotaIds.map((quotaId) => ({ quotaId })),
});
const retryIn = (retryDelay: string) => ({ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay });
const overQuota = "You exceeded your current quota, please check your plan and billing details.";

describe("geminiProvider, refused over HTTP", () => {
  test.each([
    [400, "Thinking level is not supported for this model.", "provider_invalid_request"],
    [400, "API key not valid. Please pass a valid API key.", "provider_auth"],
    [400, "API key expired. Please renew the API key.", "provider_auth"],
    [400, "The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).", "context_exceeded"],
    [403, "Your project has been denied access.", "provider_auth"],
    [404, "models/gemini-gone is not found for API version v1beta", "model_not_found"],
    [408, "Too slow", "provider_upstream"],
    [413, "Payload too large", "context_exceeded"],
    [429, overQuota, "provider_rate_limited"],
    [429, "Your project has exceeded its monthly spending cap.", "provider_quota_exhausted"],
    [500, "An internal error has occurred.", "provider_upstream"],
    [503, "The model is overloaded. Please try again later.", "provider_overloaded"],
    [504, "Deadline expired", "provider_upstream"],
  ])("%i «%s» is %s, and free", async (status, message, code) => {
    const failure = await failureOf(jsonReply(status, body(status, message)));
    expect(failure).toMatchObject({ code, free: true, message: `Google answered ${status}: ${message}` });
  });

  test("knows a wrong key by its reason, whatever the words", async () => {
    const reason = { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" };
    expect((await failureOf(jsonReply(400, body(400, "Nein", [reason])))).code).toBe("provider_auth");
  });

  test.each([
    [["GenerateRequestsPerMinutePerProjectPerModel-FreeTier"], "provider_rate_limited"],
    [["GenerateRequestsPerDayPerProjectPerModel-FreeTier"], "provider_quota_exhausted"],
    [["GenerateRequestsPerMinutePerProjectPerModel", "GenerateRequestsPerDayPerProjectPerModel"], "provider_quota_exhausted"],
  ])("429 by quota %j is %s", async (quotaIds, code) => {
    expect((await failureOf(jsonReply(429, body(429, overQuota, [quota(...quotaIds)])))).code).toBe(code);
  });

  test.each([
    ["34s", 34_000],
    ["34.0741s", 34_075],
    ["0s", 0],
    ["soon", undefined],
  ])("reads RetryInfo %s as %s ms", async (retryDelay, retryAfterMs) => {
    const failure = await failureOf(jsonReply(429, body(429, overQuota, [quota("PerMinute"), retryIn(retryDelay)])));
    expect(failure.retryAfterMs).toBe(retryAfterMs);
  });

  test("lets a Retry-After header win, which the SDK hides", async () => {
    const failure = await failureOf(jsonReply(503, body(503, "Busy", [retryIn("34s")]), { "retry-after": "9" }));
    expect(failure.retryAfterMs).toBe(9_000);
  });

  test.each<[WireReply]>([
    [{ status: 502, headers: { "content-type": "text/html" }, writes: ["<h1>Bad gateway</h1>"] }],
    [jsonReply(502, { error: "<h1>Bad gateway</h1>" })],
    [jsonReply(502, ["<h1>Bad gateway</h1>"])],
  ])("survives the page of a proxy: %j", async (reply) => {
    const failure = await failureOf(reply);
    expect(failure).toMatchObject({ code: "provider_upstream", free: true });
    expect(failure.message).toContain("Bad gateway");
  });
});

describe("geminiProvider, without any answer", () => {
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
