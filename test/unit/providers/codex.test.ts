import { describe, expect, test } from "vitest";
import { codexProvider, probeCodex } from "../../../src/providers/codex.ts";
import { providerRequest } from "../../support/provider-request.ts";
import { RecordingSink } from "../../support/recording-sink.ts";
import { bytewise, jsonReply, type WireReply, WireServer } from "../../support/wire-server.ts";

const open = () => new AbortController().signal;
const response = (changes: object = {}) => ({
  id: "resp_1",
  model: "gpt-6.1-terra-2026-10-01",
  status: "in_progress",
  output: [],
  ...changes,
});
type Event = { type: string; [field: string]: unknown };
const frames = (events: readonly Event[]) => events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
const created = { type: "response.created", response: response() };
const delta = (text: string, item_id = "msg_1") => ({ type: "response.output_text.delta", item_id, delta: text });
const usage = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 40, cache_write_tokens: 20 },
  output_tokens: 30,
  output_tokens_details: { reasoning_tokens: 12 },
  total_tokens: 130,
};
const completed = { type: "response.completed", response: response({ status: "completed", usage, service_tier: "priority" }) };
const failed = (error: object) => ({ type: "response.failed", response: response({ status: "failed", error, usage: null }) });
const incomplete = (reason: string) => ({
  type: "response.incomplete",
  response: response({ status: "incomplete", incomplete_details: { reason }, usage }),
});

async function answered(reply: WireReply) {
  await using vendor = await WireServer.playing(reply);
  const sink = new RecordingSink();
  const provider = codexProvider({ apiKey: "sk-test", baseUrl: `${vendor.baseUrl}/v1` });
  const outcome = await provider.stream(providerRequest(), sink, open()).then(
    (completion) => ({ completion, error: undefined }),
    (error: unknown) => ({ completion: undefined, error }),
  );
  return { ...outcome, sink, requests: vendor.requests };
}

const streamed = (events: readonly Event[], rest: WireReply = {}) => answered({ writes: frames(events), ...rest });

describe("codexProvider", () => {
  test("streams text and ends with the vendor's model, tier, request id and counts", async () => {
    const { completion, sink, requests } = await streamed([created, delta("Hel"), delta("lo"), completed], {
      headers: { "x-request-id": "req_9" },
    });

    expect(sink.texts).toEqual(["Hel", "lo"]);
    expect(completion).toEqual({
      outcome: "completed",
      finish: "completed",
      detail: undefined,
      usage: {
        input_tokens: 100,
        cached_input_tokens: 40,
        cache_write_input_tokens: 20,
        output_tokens: 30,
        reasoning_output_tokens: 12,
      },
      usageFinal: true,
      model: "gpt-6.1-terra-2026-10-01",
      serviceTier: "priority",
      requestId: "req_9",
    });
    expect(sink.answers).toContainEqual({ model: "gpt-6.1-terra-2026-10-01", requestId: "req_9" });
    expect(sink.usages).toEqual([completion?.usage]);
    expect(requests[0]).toMatchObject({ method: "POST", url: "/v1/responses", headers: { authorization: "Bearer sk-test" } });
  });

  test("shows summaries of reasoning and commentary as thinking, never as text", async () => {
    const part = (summary_index: number) => ({ type: "response.reasoning_summary_part.added", summary_index });
    const thought = (text: string) => ({ type: "response.reasoning_summary_text.delta", delta: text });
    const { sink } = await streamed([
      created,
      part(0),
      thought("First."),
      part(1),
      thought("Second."),
      { type: "response.output_item.added", item: { type: "message", id: "msg_0", phase: "commentary" } },
      delta("Let me see. ", "msg_0"),
      { type: "response.output_item.added", item: { type: "message", id: "msg_1", phase: "final_answer" } },
      delta("42"),
      completed,
    ]);

    expect(sink.reasonings.join("")).toBe("First.\n\nSecond.Let me see. ");
    expect(sink.texts).toEqual(["42"]);
  });

  test("passes over events that it does not know", async () => {
    const { completion, sink } = await streamed([created, { type: "response.news.delta", delta: "?" }, delta("x"), completed]);
    expect([completion?.outcome, sink.texts]).toEqual(["completed", ["x"]]);
  });

  test("an answer that refuses is refused, in the vendor's words", async () => {
    const refusal = (text: string) => ({ type: "response.refusal.delta", delta: text });
    const { completion } = await streamed([created, refusal("I can"), refusal("not."), completed]);
    expect(completion).toMatchObject({ outcome: "refused", finish: "refusal", detail: "I cannot.", usageFinal: true });
  });

  test.each([
    ["max_output_tokens", "truncated"],
    ["max_messages", "truncated"],
    ["content_filter", "refused"],
  ])("an answer that is incomplete for %s is %s and keeps its text", async (reason, outcome) => {
    const { completion, sink } = await streamed([created, delta("Half"), incomplete(reason)]);
    expect(completion).toMatchObject({ outcome, finish: reason, usageFinal: true });
    expect(sink.texts).toEqual(["Half"]);
  });

  test("an answer that is incomplete for a reason not asked for is an upstream failure", async () => {
    const { error } = await streamed([created, incomplete("steered")]);
    expect(error).toMatchObject({ code: "provider_upstream", free: false });
  });

  test.each([
    ["context_length_exceeded", "context_exceeded"],
    ["invalid_prompt", "blocked"],
    ["bio_policy", "blocked"],
  ])("a response that failed with %s ends as %s", async (code, outcome) => {
    const { completion } = await streamed([created, failed({ code, message: "no" })]);
    expect(completion).toMatchObject({ outcome, finish: code, detail: "no", usageFinal: false });
  });

  test.each([
    ["server_error", "provider_upstream"],
    ["rate_limit_exceeded", "provider_rate_limited"],
    ["insufficient_quota", "provider_quota_exhausted"],
    ["something_new", "provider_upstream"],
  ])("a response that failed with %s is the failure %s, and is not free", async (code, expected) => {
    const { error } = await streamed([created, failed({ code, message: "broken" })]);
    expect(error).toMatchObject({ code: expected, free: false, message: "OpenAI broke off its answer: broken" });
  });

  test.each([
    ["named", "event: error\n"],
    ["unnamed", ""],
  ])("an error event (%s) in the midst keeps the text and carries its code", async (_name, name) => {
    const error = { type: "error", code: "rate_limit_exceeded", message: "slower", param: null, sequence_number: 3 };
    const writes = [...frames([created, delta("Hal")]), `${name}data: ${JSON.stringify(error)}\n\n`];
    const result = await answered({ writes, headers: { "x-request-id": "req_7" } });
    expect(result.sink.texts).toEqual(["Hal"]);
    expect(result.error).toMatchObject({ code: "provider_rate_limited", free: false, requestId: "req_7" });
  });

  test("a clean close before the terminal event is a truncated stream", async () => {
    const { error, sink } = await streamed([created, delta("Half")]);
    expect(error).toMatchObject({ code: "truncated_stream", free: false });
    expect(sink.texts).toEqual(["Half"]);
  });

  test("a socket that drops is a truncated stream, unless the terminal event had come", async () => {
    expect((await streamed([created, delta("Half")], { end: "drop" })).error).toMatchObject({ code: "truncated_stream" });
    expect((await streamed([created, delta("All"), completed], { end: "drop" })).completion?.outcome).toBe("completed");
  });

  test("JSON that does not parse is an upstream failure", async () => {
    const { error } = await answered({ writes: [...frames([created]), "data: {oops\n\n"] });
    expect(error).toMatchObject({ code: "provider_upstream", free: false });
  });

  test("text cut within its characters arrives whole", async () => {
    const { sink } = await answered({ writes: bytewise(frames([created, delta("aé漢👩‍🚀"), completed]).join("")) });
    expect(sink.texts).toEqual(["aé漢👩‍🚀"]);
  });

  test("an abort closes the vendor's connection", async () => {
    await using vendor = await WireServer.playing({ writes: frames([created, delta("H")]), end: "hang" });
    const stop = new AbortController();
    const provider = codexProvider({ apiKey: "sk-test", baseUrl: vendor.baseUrl });
    const call = provider.stream(providerRequest(), new RecordingSink(() => stop.abort("cancelled")), stop.signal);
    await expect(call).rejects.toThrow();
    await vendor.request.closed;
  });

  test.each<[number, object, string]>([
    [400, { code: "context_length_exceeded", message: "too long" }, "context_exceeded"],
    [400, { code: null, message: "This model's maximum context length is 8192 tokens" }, "context_exceeded"],
    [400, { code: "invalid_value", type: "invalid_request_error", message: "bad" }, "provider_invalid_request"],
    [400, { code: "invalid_prompt", message: "flagged" }, "blocked"],
    [400, { code: "billing_hard_limit_reached", message: "limit" }, "provider_quota_exhausted"],
    [401, { code: "invalid_api_key", message: "wrong key" }, "provider_auth"],
    [403, { code: "unsupported_country_region_territory", message: "no" }, "provider_auth"],
    [404, { code: "model_not_found", type: "invalid_request_error", message: "no such model" }, "model_not_found"],
    [403, { code: "model_not_found", message: "no access" }, "model_not_found"],
    [429, { code: "rate_limit_exceeded", type: "tokens", message: "slow down" }, "provider_rate_limited"],
    [429, { code: "rate_limit_exceeded", message: "Request too large for gpt-6 on tokens per min" }, "context_exceeded"],
    [429, { code: "insufficient_quota", type: "insufficient_quota", message: "pay" }, "provider_quota_exhausted"],
    [429, { code: "credit_balance_exhausted", message: "pay" }, "provider_quota_exhausted"],
    [429, { code: "organization_usage_limit_exceeded", message: "limit" }, "provider_quota_exhausted"],
    [429, { code: "organization_spend_limit_exceeded", message: "limit" }, "provider_quota_exhausted"],
    [429, { code: "project_spend_limit_exceeded", message: "limit" }, "provider_quota_exhausted"],
    [500, { code: "server_error", message: "oops" }, "provider_upstream"],
    [503, { message: "overloaded" }, "provider_overloaded"],
  ])("HTTP %i with %j is %s, and free", async (status, error, code) => {
    const result = await answered(jsonReply(status, { error }, { "x-request-id": "req_1", "x-should-retry": "true" }));
    expect(result.error).toMatchObject({ code, free: true, requestId: "req_1", retryAfterMs: undefined });
    expect(result.requests).toHaveLength(1);
  });

  test("a refusal carries the vendor's message and the wait that it asks for", async () => {
    const { error } = await answered(jsonReply(429, { error: { message: "slow" } }, { "retry-after": "7" }));
    expect(error).toMatchObject({ message: "OpenAI answered 429: slow", retryAfterMs: 7_000 });
  });

  test("a host that does not answer is an upstream failure that may have cost something", async () => {
    const gone = await WireServer.playing({});
    const { baseUrl } = gone;
    await gone[Symbol.asyncDispose]();
    const call = codexProvider({ apiKey: "k", baseUrl }).stream(providerRequest(), new RecordingSink(), open());
    await expect(call).rejects.toMatchObject({ code: "provider_upstream", free: false });
  });
});

describe("probeCodex", () => {
  test("asks for the list of models only", async () => {
    await using vendor = await WireServer.playing(jsonReply(200, { object: "list", data: [] }));
    expect(await probeCodex({ apiKey: "k", baseUrl: vendor.baseUrl }, open())).toEqual({ ok: true });
    expect(vendor.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(["GET /models"]);
  });

  test("tells a key that is refused", async () => {
    await using vendor = await WireServer.playing(jsonReply(401, { error: { message: "wrong key" } }));
    expect(await probeCodex({ apiKey: "k", baseUrl: vendor.baseUrl }, open())).toEqual({
      ok: false,
      code: "provider_auth",
      message: "OpenAI answered 401: wrong key",
    });
  });
});
