import { describe, expect, test } from "vitest";
import { callGithub } from "../../../src/providers/github-api.ts";
import { ProviderError } from "../../../src/providers/provider.ts";
import { jsonReply, type WireReply, WireServer } from "../../support/wire-server.ts";

const open = () => new AbortController().signal;

/** What a call with this method comes to when GitHub answers so. */
async function called(method: "GET" | "POST", reply: WireReply) {
  await using server = await WireServer.playing(reply);
  const call = { method, path: "/x", signal: open(), ...(method === "POST" ? { body: { a: 1 } } : {}) };
  const outcome = await callGithub({ token: "ghu_1", apiUrl: `${server.baseUrl}/` }, call).then(
    (body) => ({ body, error: undefined }),
    (error: unknown) => ({ body: undefined, error }),
  );
  return { ...outcome, requests: server.requests };
}

describe("callGithub", () => {
  test("answers the parsed body", async () => {
    const { body, requests } = await called("POST", jsonReply(201, { id: "t" }));
    expect(body).toEqual({ id: "t" });
    expect(requests).toMatchObject([{ method: "POST", url: "/x", body: { a: 1 } }]);
  });

  test.each<[number, object, { [name: string]: string }, string]>([
    [400, { message: "Problems parsing JSON" }, {}, "provider_invalid_request"],
    [401, { message: "Bad credentials" }, {}, "provider_auth"],
    [402, { message: "Payment required" }, {}, "provider_quota_exhausted"],
    [403, { message: "Resource not accessible by personal access token" }, {}, "provider_auth"],
    [403, { message: "You have used up your AI credits" }, {}, "provider_quota_exhausted"],
    [403, { message: "You have exceeded a secondary rate limit" }, {}, "provider_rate_limited"],
    [403, { message: "Forbidden" }, { "x-ratelimit-remaining": "0" }, "provider_rate_limited"],
    [403, { message: "Forbidden" }, { "retry-after": "9" }, "provider_rate_limited"],
    [404, { message: "Not Found" }, {}, "provider_auth"],
    [422, { message: "Validation Failed", errors: [{ code: "invalid", message: "base_ref" }] }, {}, "provider_invalid_request"],
    [422, { message: "Model gpt-1 is not supported" }, {}, "model_not_found"],
    [429, { message: "Too many requests" }, {}, "provider_rate_limited"],
  ])("HTTP %i with %j %j is %s, and free", async (status, body, headers, code) => {
    const { error, requests } = await called("POST", jsonReply(status, body, { "x-github-request-id": "GH1", ...headers }));
    expect(error).toMatchObject({ code, free: true, requestId: "GH1" });
    expect(requests).toHaveLength(1);
  });

  test.each([
    [500, "provider_upstream"],
    [502, "provider_upstream"],
    [503, "provider_overloaded"],
  ])("HTTP %i is %s, and free unless something was to be started", async (status, code) => {
    const reply = jsonReply(status, { message: "Server Error" });
    const message = `GitHub answered ${status}: Server Error`;
    expect((await called("POST", reply)).error).toMatchObject({ code, free: false, message });
    expect((await called("GET", reply)).error).toMatchObject({ code, free: true, message });
  });

  test("what fails validation is told with its details", async () => {
    const errors = [{ code: "missing_field", field: "prompt" }, "and more"];
    const message = 'GitHub answered 422: Validation Failed; {"code":"missing_field","field":"prompt"}; and more';
    expect((await called("POST", jsonReply(422, { message: "Validation Failed", errors }))).error).toMatchObject({ message });
  });

  test("Retry-After counts first, then the reset of the used-up allowance", async () => {
    const resetSeconds = Math.ceil(Date.now() / 1000) + 120;
    const reset = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(resetSeconds) };
    const waitOf = async (headers: { [name: string]: string }) => {
      const { error } = await called("GET", jsonReply(429, {}, headers));
      return error instanceof ProviderError ? error.retryAfterMs : "no ProviderError";
    };
    expect(await waitOf({ ...reset, "retry-after": "30" })).toBe(30_000);
    expect(await waitOf({ ...reset, "x-ratelimit-remaining": "5" })).toBeUndefined();
    const waitMs = await waitOf(reset);
    expect(waitMs).toBeGreaterThan(60_000);
    expect(waitMs).toBeLessThanOrEqual(121_000);
  });

  test.each([
    ["no JSON", { status: 200, writes: ["<html>"] }],
    ["half its JSON", { status: 200, writes: ['{"id":'] }],
    ["nothing", { status: 200 }],
  ])("an answer that is %s is an upstream failure", async (_what, reply) => {
    expect((await called("GET", reply)).error).toMatchObject({ code: "provider_upstream", free: false });
  });

  test("a host that is not there is an upstream failure", async () => {
    const gone = await WireServer.playing({});
    const { baseUrl } = gone;
    await gone[Symbol.asyncDispose]();
    const call = callGithub({ token: "t", apiUrl: baseUrl }, { method: "GET", path: "/", signal: open() });
    await expect(call).rejects.toMatchObject({
      code: "provider_upstream",
      message: expect.stringMatching(/^GitHub could not be reached/),
    });
  });
});
