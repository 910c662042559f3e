import { describe, expect, test } from "vitest";
import { ProviderError } from "../../../src/providers/provider.ts";
import {
  brokenStreamError,
  codeOfStatus,
  probeBy,
  refusalError,
  retryAfterMsOf,
  saysContextOverflow,
  unreachableError,
} from "../../../src/providers/vendor-error.ts";

describe("codeOfStatus", () => {
  test.each([
    [400, "provider_invalid_request"],
    [401, "provider_auth"],
    [402, "provider_quota_exhausted"],
    [403, "provider_auth"],
    [404, "model_not_found"],
    [408, "provider_upstream"],
    [409, "provider_upstream"],
    [410, "model_not_found"],
    [413, "context_exceeded"],
    [418, "provider_invalid_request"],
    [422, "provider_invalid_request"],
    [429, "provider_rate_limited"],
    [500, "provider_upstream"],
    [502, "provider_upstream"],
    [503, "provider_overloaded"],
    [504, "provider_upstream"],
    [529, "provider_overloaded"],
    [599, "provider_upstream"],
  ])("%i means %s", (status, code) => {
    expect(codeOfStatus(status)).toBe(code);
  });
});

describe("refusalError", () => {
  test("is free and says who answered what", () => {
    const error = refusalError({ vendor: "Acme", status: 429, message: "slow down", retryAfterMs: 5, requestId: "r1" });
    expect(error).toMatchObject({ code: "provider_rate_limited", free: true, retryAfterMs: 5, requestId: "r1" });
    expect(error.message).toBe("Acme answered 429: slow down");
  });

  test("lets a more exact code win over the status", () => {
    expect(refusalError({ vendor: "Acme", status: 429, message: "", code: "provider_quota_exhausted" }).code).toBe(
      "provider_quota_exhausted",
    );
  });

  test("cuts a page of HTML short and does without any text", () => {
    expect(refusalError({ vendor: "Acme", status: 502, message: "<".repeat(50_000) }).message.length).toBeLessThan(1_100);
    expect(refusalError({ vendor: "Acme", status: 502, message: "" }).message).toBe("Acme answered 502: no explanation");
  });
});

describe("unreachableError", () => {
  test("may be tried again, is not called free, and names the network's reason", () => {
    const error = unreachableError("Acme", new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") }));
    expect(error).toMatchObject({ code: "provider_upstream", free: false });
    expect(error.message).toBe("Acme could not be reached: fetch failed (connect ECONNREFUSED)");
  });
});

describe("brokenStreamError", () => {
  test("calls JSON that does not parse the vendor's fault and anything else a cut stream", () => {
    expect(brokenStreamError("Acme", new SyntaxError("bad token"), "r1")).toMatchObject({
      code: "provider_upstream",
      requestId: "r1",
      free: false,
    });
    expect(brokenStreamError("Acme", new Error("Network connection lost."), "r1").code).toBe("truncated_stream");
    expect(brokenStreamError("Acme", "odd", undefined).code).toBe("truncated_stream");
  });
});

describe("retryAfterMsOf", () => {
  const nowMs = Date.parse("2026-11-22T12:00:00Z");
  test.each([
    [{ "retry-after": "7" }, 7_000],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": "1.5" }, 1_500],
    [{ "retry-after-ms": "250", "retry-after": "7" }, 250],
    [{ "retry-after-ms": "soon", "retry-after": "7" }, 7_000],
    [{ "retry-after": "Sun, 22 Nov 2026 12:00:30 GMT" }, 30_000],
    [{ "retry-after": "Sun, 22 Nov 2026 11:00:00 GMT" }, 0],
    [{ "retry-after": "-1" }, undefined],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": " " }, undefined],
    [{}, undefined],
  ])("reads %j as %s", (headers, expected) => {
    expect(retryAfterMsOf(new Headers(headers as Record<string, string>), nowMs)).toBe(expected);
  });
});

describe("saysContextOverflow", () => {
  test.each([
    "prompt is too long: 210000 tokens > 200000 maximum",
    "input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000",
    "This model's maximum context length is 128000 tokens. However, you requested 130000 tokens.",
    "Your input exceeds the context window of this model. Please adjust your input and try again.",
    "context_length_exceeded",
    "The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).",
    "the request exceeds the available context size, try increasing it",
  ])("recognises %s", (message) => {
    expect(saysContextOverflow(message)).toBe(true);
  });

  test.each(["max_tokens: must be at least 1", "messages: at least one message is required", ""])("leaves out %j", (message) => {
    expect(saysContextOverflow(message)).toBe(false);
  });
});

describe("probeBy", () => {
  test("turns a vendor's refusal into the result", async () => {
    const refused = () => Promise.reject(new ProviderError("provider_auth", "wrong key"));
    expect(await probeBy(refused)).toEqual({ ok: false, code: "provider_auth", message: "wrong key" });
    expect(await probeBy(() => Promise.resolve("anything"))).toEqual({ ok: true });
  });

  test("does not hide our own errors", async () => {
    await expect(probeBy(() => Promise.reject(new TypeError("ours")))).rejects.toThrow("ours");
  });
});
