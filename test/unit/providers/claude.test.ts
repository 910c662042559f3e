import { describe, expect, test } from "vitest";
import { claudeProvider, probeClaude } from "../../../src/providers/claude.ts";
import { providerRequest } from "../../support/provider-request.ts";
import { RecordingSink } from "../../support/recording-sink.ts";
import { bytewise, jsonReply, type WireReply, WireServer } from "../../support/wire-server.ts";

const account = (server: WireServer) => ({ apiKey: "key-1", baseUrl: server.baseUrl });
const event = (data: { type: string; [field: string]: unknown }) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

const usageAtStart = {
  input_tokens: 10,
  cache_creation_input_tokens: 20,
  cache_read_input_tokens: 300,
  output_tokens: 1,
  service_tier: "priority",
};
const start = event({
  type: "message_start",
  message: { id: "msg_1", type: "message", role: "assistant", model: "claude-real-1", content: [], usage: usageAtStart },
});
const thinking = (text: string) =>
  event({ type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: text } });
const text = (piece: string) => event({ type: "content_block_delta", index: 1, delta: { type: "text_delta", text: piece } });
const signature = event({ type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "c2ln" } });
const ping = event({ type: "ping" });
const end = (stopReason: string | null, more: object = {}, usage: object = { output_tokens: 42 }) =>
  event({ type: "message_delta", delta: { stop_reason: stopReason, stop_sequence: null, ...more }, usage });
const stop = event({ type: "message_stop" });

async function stream(reply: WireReply, sink = new RecordingSink(), signal = new AbortController().signal) {
  await using server = await WireServer.playing(reply);
  return await claudeProvider(account(server)).stream(providerRequest(), sink, signal);
}

describe("claudeProvider", () => {
  test("passes text and thinking to the sink as they come and completes at message_stop", async () => {
    const sink = new RecordingSink();
    const headers = { "content-type": "text/event-stream", "request-id": "req_1" };
    const writes = [
      start,
      ping,
      thinking("hm"),
      thinking("m"),
      signature,
      text("Grüße, "),
      text("世界 🎉"),
      end("end_turn"),
      stop,
    ];
    const completion = await stream({ headers, writes }, sink);
    expect(sink.texts).toEqual(["Grüße, ", "世界 🎉"]);
    expect(sink.reasonings).toEqual(["hm", "m"]);
    expect(sink.answers).toEqual([{ requestId: "req_1" }, { model: "claude-real-1", requestId: "req_1" }]);
    expect(completion).toEqual({
      outcome: "completed",
      finish: "end_turn",
      detail: undefined,
      usage: {
        input_tokens: 330,
        cached_input_tokens: 300,
        cache_write_input_tokens: 20,
        output_tokens: 42,
        reasoning_output_tokens: 0,
      },
      usageFinal: true,
      model: "claude-real-1",
      serviceTier: "priority",
      requestId: "req_1",
    });
  });

  test("reports the tokens of message_start at once, so that an answer cut off is still counted", async () => {
    const sink = new RecordingSink();
    await expect(stream({ writes: [start, text("par")] }, sink)).rejects.toMatchObject({ code: "truncated_stream", free: false });
    expect(sink.usages).toEqual([
      {
        input_tokens: 330,
        cached_input_tokens: 300,
        cache_write_input_tokens: 20,
        output_tokens: 1,
        reasoning_output_tokens: 0,
      },
    ]);
    expect(sink.texts).toEqual(["par"]);
  });

  test("lets the cumulative counts of message_delta replace those of the start, and keeps what it leaves null", async () => {
    const counts = {
      input_tokens: 11,
      cache_creation_input_tokens: null,
      cache_read_input_tokens: 400,
      output_tokens: 50,
      output_tokens_details: { thinking_tokens: 30 },
    };
    const { usage } = await stream({ writes: [start, end("end_turn", {}, counts), stop] });
    expect(usage).toEqual({
      input_tokens: 431,
      cached_input_tokens: 400,
      cache_write_input_tokens: 20,
      output_tokens: 50,
      reasoning_output_tokens: 30,
    });
  });

  test("reads an answer that arrives byte by byte", async () => {
    const sink = new RecordingSink();
    await stream({ writes: bytewise(start + text("añ日🎉") + end("end_turn") + stop) }, sink);
    expect(sink.texts.join("")).toBe("añ日🎉");
  });

  test.each([
    ["end_turn", "completed"],
    ["stop_sequence", "completed"],
    ["max_tokens", "truncated"],
    ["refusal", "refused"],
    ["model_context_window_exceeded", "context_exceeded"],
  ])("ends with stop_reason %s as %s", async (stopReason, outcome) => {
    const completion = await stream({ writes: [start, text("x"), end(stopReason), stop] });
    expect(completion).toMatchObject({ outcome, finish: stopReason });
  });

  test("keeps the stop reason and its details when a further message_delta has none", async () => {
    const stop_details = { type: "refusal", category: null, explanation: "Not this." };
    const writes = [start, end("refusal", { stop_details }), end(null, { stop_details: null }, { output_tokens: 44 }), stop];
    const completion = await stream({ writes });
    expect(completion).toMatchObject({ outcome: "refused", detail: "Not this.", usage: { output_tokens: 44 } });
  });

  test("says in the vendor's words why an answer was refused", async () => {
    const stop_details = { type: "refusal", category: "bio", explanation: "Not this." };
    const completion = await stream({ writes: [start, end("refusal", { stop_details }), stop] });
    expect(completion.detail).toBe("bio: Not this.");
  });

  test.each(["tool_use", "pause_turn", "brand_new_reason"])(
    "fails on stop_reason %s, which no request asks for",
    async (reason) => {
      const failing = stream({ writes: [start, end(reason), stop] });
      await expect(failing).rejects.toMatchObject({ code: "provider_upstream", message: expect.stringContaining(reason) });
    },
  );

  test("ignores event types that it does not know", async () => {
    const sink = new RecordingSink();
    await stream({ writes: [start, event({ type: "brand_new_event" }), text("x"), end("end_turn"), stop] }, sink);
    expect(sink.texts).toEqual(["x"]);
  });

  test("keeps an answer that is whole although the connection drops right after it", async () => {
    const completion = await stream({ writes: [start, text("x"), end("end_turn"), stop], end: "drop" });
    expect(completion.outcome).toBe("completed");
  });
});

describe("claudeProvider, a stream that breaks", () => {
  test.each([
    ["overloaded_error", "provider_overloaded"],
    ["rate_limit_error", "provider_rate_limited"],
    ["api_error", "provider_upstream"],
    ["authentication_error", "provider_auth"],
    ["brand_new_error", "provider_upstream"],
  ])("reads an error event %s as %s, which is not free", async (type, code) => {
    const error = event({ type: "error", error: { type, message: "Sorry" } });
    const failing = stream({ writes: [start, text("x"), error] });
    await expect(failing).rejects.toMatchObject({ code, free: false, message: expect.stringContaining("Sorry") });
  });

  test.each<["close" | "drop"]>([["close"], ["drop"]])(
    "calls it truncated when the vendor ends by %s without message_stop",
    async (how) => {
      const failing = stream({ writes: [start, text("x"), end("end_turn")], end: how });
      await expect(failing).rejects.toMatchObject({ code: "truncated_stream", free: false });
    },
  );

  test("calls an event that is not JSON the vendor's failure", async () => {
    const failing = stream({ writes: [start, "event: content_block_delta\ndata: {oops\n\n"] });
    await expect(failing).rejects.toMatchObject({ code: "provider_upstream", free: false });
  });

  test("closes the connection when the caller aborts in mid-stream", async () => {
    await using server = await WireServer.playing({ writes: [start, text("x")], end: "hang" });
    const caller = new AbortController();
    const sink = new RecordingSink(() => caller.abort());
    await expect(claudeProvider(account(server)).stream(providerRequest(), sink, caller.signal)).rejects.toThrow();
    await server.request.closed;
    expect(sink.texts).toEqual(["x"]);
  });
});

describe("probeClaude", () => {
  test("lists one model with the key", async () => {
    await using server = await WireServer.playing(jsonReply(200, { data: [] }));
    expect(await probeClaude(account(server), new AbortController().signal)).toEqual({ ok: true });
    expect(server.request).toMatchObject({ method: "GET", url: "/v1/models?limit=1" });
    expect(server.request.headers.authorization).toBe("Bearer key-1");
  });

  test("tells a wrong key", async () => {
    const body = { type: "error", error: { type: "authentication_error", message: "invalid bearer token" } };
    await using server = await WireServer.playing(jsonReply(401, body));
    expect(await probeClaude(account(server), new AbortController().signal)).toMatchObject({ ok: false, code: "provider_auth" });
  });
});
