import { describe, expect, test } from "vitest";
import { geminiProvider, probeGemini } from "../../../src/providers/gemini.ts";
import { providerRequest } from "../../support/provider-request.ts";
import { RecordingSink } from "../../support/recording-sink.ts";
import { bytewise, jsonReply, type WireReply, WireServer } from "../../support/wire-server.ts";

const account = (server: WireServer) => ({ apiKey: "key-1", baseUrl: server.baseUrl });
const chunk = (data: object) => `data: ${JSON.stringify(data)}\r\n\r\n`;
const identity = { modelVersion: "gemini-real-1", responseId: "resp_1" };
const text = (piece: string) =>
  chunk({ ...identity, candidates: [{ content: { role: "model", parts: [{ text: piece }] }, index: 0 }] });
const thought = (piece: string) =>
  chunk({ ...identity, candidates: [{ content: { role: "model", parts: [{ text: piece, thought: true }] } }] });
const counts = {
  promptTokenCount: 100,
  cachedContentTokenCount: 60,
  toolUsePromptTokenCount: 5,
  candidatesTokenCount: 20,
  thoughtsTokenCount: 30,
  totalTokenCount: 155,
};
const end = (finishReason: string, more: object = {}) =>
  chunk({ ...identity, candidates: [{ finishReason, index: 0, ...more }], usageMetadata: counts });

async function stream(reply: WireReply, sink = new RecordingSink(), signal = new AbortController().signal) {
  await using server = await WireServer.playing(reply);
  return await geminiProvider(account(server)).stream(providerRequest(), sink, signal);
}

describe("geminiProvider", () => {
  test("passes text and thoughts to the sink as they come and completes at the finish reason", async () => {
    const sink = new RecordingSink();
    const completion = await stream({ writes: [thought("hm"), text("Grüße, "), text("世界 🎉"), end("STOP")] }, sink);
    expect(sink.texts).toEqual(["Grüße, ", "世界 🎉"]);
    expect(sink.reasonings).toEqual(["hm"]);
    expect(sink.answers).toEqual([{ model: "gemini-real-1", requestId: "resp_1" }]);
    const usage = {
      input_tokens: 105,
      cached_input_tokens: 60,
      cache_write_input_tokens: 0,
      output_tokens: 50,
      reasoning_output_tokens: 30,
    };
    expect(sink.usages).toEqual([usage]);
    expect(completion).toEqual({
      outcome: "completed",
      finish: "STOP",
      detail: undefined,
      usage,
      usageFinal: true,
      model: "gemini-real-1",
      serviceTier: undefined,
      requestId: "resp_1",
    });
  });

  test("takes text that comes with the finish reason, and counts that come after it", async () => {
    const sink = new RecordingSink();
    const last = chunk({ ...identity, candidates: [{ content: { parts: [{ text: "x" }] }, finishReason: "STOP" }] });
    const completion = await stream({ writes: [last, chunk({ usageMetadata: counts })] }, sink);
    expect(sink.texts).toEqual(["x"]);
    expect(completion).toMatchObject({ usageFinal: true, usage: { output_tokens: 50 } });
  });

  test("does not call counts final that came before the end only", async () => {
    const early = chunk({ ...identity, candidates: [{ content: { parts: [{ text: "x" }] } }], usageMetadata: counts });
    const completion = await stream({ writes: [early, chunk({ candidates: [{ finishReason: "STOP" }] })] });
    expect(completion).toMatchObject({ usageFinal: false, usage: { input_tokens: 105 } });
  });

  test("reads an answer that arrives byte by byte", async () => {
    const sink = new RecordingSink();
    await stream({ writes: bytewise(text("añ日🎉") + end("STOP")) }, sink);
    expect(sink.texts.join("")).toBe("añ日🎉");
  });

  test.each([
    ["STOP", "completed"],
    ["MAX_TOKENS", "truncated"],
    ["SAFETY", "blocked"],
    ["RECITATION", "blocked"],
    ["BLOCKLIST", "blocked"],
    ["PROHIBITED_CONTENT", "blocked"],
    ["SPII", "blocked"],
  ])("ends with finishReason %s as %s", async (finish, outcome) => {
    expect(await stream({ writes: [text("x"), end(finish)] })).toMatchObject({ outcome, finish });
  });

  test("names the categories that an answer was blocked for", async () => {
    const safetyRatings = [
      { category: "HARM_CATEGORY_HARASSMENT", probability: "LOW" },
      { category: "HARM_CATEGORY_DANGEROUS_CONTENT", probability: "HIGH", blocked: true },
    ];
    const completion = await stream({ writes: [end("SAFETY", { safetyRatings })] });
    expect(completion.detail).toBe("HARM_CATEGORY_DANGEROUS_CONTENT");
  });

  test("reads a blocked prompt, which has no candidate at all, as blocked", async () => {
    const promptFeedback = { blockReason: "PROHIBITED_CONTENT", blockReasonMessage: "Not this." };
    const reply = { writes: [chunk({ ...identity, promptFeedback, usageMetadata: { promptTokenCount: 7 } })] };
    expect(await stream(reply)).toMatchObject({
      outcome: "blocked",
      finish: "PROHIBITED_CONTENT",
      detail: "Not this.",
      usage: { input_tokens: 7, output_tokens: 0 },
      usageFinal: true,
    });
  });

  test.each(["OTHER", "MALFORMED_FUNCTION_CALL", "CONTINUATION", "BRAND_NEW"])("fails on finishReason %s", async (reason) => {
    const failing = stream({ writes: [text("x"), end(reason, { continuationToken: "dG9rZW4=" })] });
    await expect(failing).rejects.toMatchObject({ code: "provider_upstream", message: expect.stringContaining(reason) });
  });

  test.each([
    [{ "x-gemini-service-tier": "priority" }, {}, "priority"],
    [{}, { trafficType: "ON_DEMAND_FLEX" }, "flex"],
    [{}, { trafficType: "ON_DEMAND" }, "standard"],
    [{}, {}, undefined],
  ])("reads the service tier from headers %j or usage %j", async (headers, more, tier) => {
    const last = chunk({ ...identity, candidates: [{ finishReason: "STOP" }], usageMetadata: { ...counts, ...more } });
    const reply = { headers: { "content-type": "text/event-stream", ...headers } as Record<string, string>, writes: [last] };
    expect((await stream(reply)).serviceTier).toBe(tier);
  });

  test("keeps an answer that is whole although the connection drops right after it", async () => {
    expect((await stream({ writes: [text("x"), end("STOP")], end: "drop" })).outcome).toBe("completed");
  });
});

describe("geminiProvider, a stream that breaks", () => {
  test.each([
    [503, "UNAVAILABLE", "provider_overloaded"],
    [429, "RESOURCE_EXHAUSTED", "provider_rate_limited"],
    [500, "INTERNAL", "provider_upstream"],
  ])("reads an error chunk %i %s as %s, which is not free", async (code, status, expected) => {
    const error = chunk({ error: { code, message: "Sorry", status } });
    const failing = stream({ writes: [text("x"), error] });
    const message = "Google broke off its answer: Sorry";
    await expect(failing).rejects.toMatchObject({ code: expected, free: false, requestId: "resp_1", message });
  });

  test.each<["close" | "drop"]>([["close"], ["drop"]])(
    "calls it truncated when the vendor ends by %s without a reason",
    async (how) => {
      const sink = new RecordingSink();
      const failing = stream({ writes: [text("x")], end: how }, sink);
      await expect(failing).rejects.toMatchObject({ code: "truncated_stream", free: false, requestId: "resp_1" });
      expect(sink.texts).toEqual(["x"]);
    },
  );

  test("calls it truncated when the last chunk is cut off", async () => {
    await expect(stream({ writes: [text("x"), 'data: {"candidates":['] })).rejects.toMatchObject({ code: "truncated_stream" });
  });

  test("calls a chunk that is not JSON the vendor's failure", async () => {
    await expect(stream({ writes: [text("x"), "data: {oops\n\n"] })).rejects.toMatchObject({ code: "provider_upstream" });
  });

  test("closes the connection when the caller aborts in mid-stream", async () => {
    await using server = await WireServer.playing({ writes: [text("x")], end: "hang" });
    const caller = new AbortController();
    const sink = new RecordingSink(() => caller.abort());
    await expect(geminiProvider(account(server)).stream(providerRequest(), sink, caller.signal)).rejects.toThrow();
    await server.request.closed;
    expect(sink.texts).toEqual(["x"]);
  });

  test("closes the connection when it gives a stream up", async () => {
    const error = chunk({ error: { code: 503, message: "Sorry", status: "UNAVAILABLE" } });
    await using server = await WireServer.playing({ writes: [error], end: "hang" });
    const running = geminiProvider(account(server)).stream(providerRequest(), new RecordingSink(), new AbortController().signal);
    await expect(running).rejects.toMatchObject({ code: "provider_overloaded" });
    await server.request.closed;
  });
});

describe("probeGemini", () => {
  test("lists one model with the key", async () => {
    await using server = await WireServer.playing(jsonReply(200, { models: [] }));
    expect(await probeGemini(account(server), new AbortController().signal)).toEqual({ ok: true });
    expect(server.request).toMatchObject({ method: "GET", url: "/v1beta/models?pageSize=1" });
    expect(server.request.headers["x-goog-api-key"]).toBe("key-1");
  });

  test("tells a wrong key, which Google answers with 400", async () => {
    const error = { code: 400, message: "API key not valid. Please pass a valid API key.", status: "INVALID_ARGUMENT" };
    await using server = await WireServer.playing(jsonReply(400, { error }));
    expect(await probeGemini(account(server), new AbortController().signal)).toMatchObject({ ok: false, code: "provider_auth" });
  });
});
