import { describe, expect, test } from "vitest";
import { compatibleProvider, probeCompatible } from "../../../src/providers/compatible.ts";
import { providerRequest } from "../../support/provider-request.ts";
import { RecordingSink } from "../../support/recording-sink.ts";
import { bytewise, jsonReply, type WireReply, WireServer } from "../../support/wire-server.ts";

const DONE = "data: [DONE]\n\n";
const open = () => new AbortController().signal;
const endpoint = (url: string, api_key?: string) => ({ base_url: `${url}/v1`, models: {}, ...(api_key && { api_key }) });

const frames = (chunks: readonly unknown[]) => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`);
const chunk = (delta: object, finish_reason: string | null = null) => ({
  id: "chatcmpl-1",
  model: "llama3:8b",
  choices: [{ index: 0, delta, finish_reason }],
});
const text = (content: string) => chunk({ content });
const finish = (reason: string) => chunk({}, reason);
const usage = { choices: [], usage: { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 } };

async function answered(reply: WireReply) {
  await using vendor = await WireServer.playing(reply);
  const sink = new RecordingSink();
  const provider = compatibleProvider(endpoint(vendor.baseUrl, "key"));
  const outcome = await provider.stream(providerRequest(), sink, open()).then(
    (completion) => ({ completion, error: undefined }),
    (error: unknown) => ({ completion: undefined, error }),
  );
  return { ...outcome, sink, requests: vendor.requests, host: new URL(vendor.baseUrl).host };
}

const streamed = (chunks: readonly unknown[], ...rest: string[]) => answered({ writes: [...frames(chunks), ...rest] });

describe("compatibleProvider", () => {
  test("streams text and ends with the server's model, id and counts", async () => {
    const { completion, sink, requests } = await streamed([text("Hel"), text("lo"), finish("stop"), usage], DONE);

    expect(sink.texts).toEqual(["Hel", "lo"]);
    expect(completion).toEqual({
      outcome: "completed",
      finish: "stop",
      detail: undefined,
      usage: {
        input_tokens: 10,
        cached_input_tokens: 0,
        cache_write_input_tokens: 0,
        output_tokens: 4,
        reasoning_output_tokens: 0,
      },
      usageFinal: true,
      model: "llama3:8b",
      serviceTier: undefined,
      requestId: "chatcmpl-1",
    });
    expect(sink.answers).toContainEqual({ model: "llama3:8b", requestId: "chatcmpl-1" });
    expect(requests[0]).toMatchObject({ url: "/v1/chat/completions", headers: { authorization: "Bearer key" } });
  });

  test("an endpoint without a key is sent none", async () => {
    await using vendor = await WireServer.playing({ writes: frames([text("x"), finish("stop")]) });
    await compatibleProvider(endpoint(vendor.baseUrl)).stream(providerRequest(), new RecordingSink(), open());
    expect(vendor.requests[0]?.headers).not.toHaveProperty("authorization");
  });

  test.each(["reasoning_content", "reasoning"])("thinking in `%s` is no part of the text", async (field) => {
    const { sink } = await streamed([chunk({ [field]: "Hm. ", content: "" }), text("42"), finish("stop")], DONE);
    expect([sink.reasonings, sink.texts]).toEqual([["Hm. "], ["42"]]);
  });

  test.each([
    ["length", "truncated"],
    ["content_filter", "blocked"],
    ["stop", "completed"],
    ["eos", "completed"],
  ])("an answer that finishes with %s is %s", async (reason, outcome) => {
    const { completion } = await streamed([text("x"), finish(reason), usage], DONE);
    expect(completion).toMatchObject({ outcome, finish: reason });
  });

  test("an answer that refuses is refused, in the model's words", async () => {
    const { completion } = await streamed([chunk({ refusal: "I " }), chunk({ refusal: "cannot." }), finish("stop")], DONE);
    expect(completion).toMatchObject({ outcome: "refused", detail: "I cannot." });
  });

  test("[DONE], a clean close and a dropped socket all end an answer that has a finish_reason", async () => {
    const writes = frames([text("x"), finish("stop")]);
    const ends = await Promise.all([
      answered({ writes: [...writes, DONE] }),
      answered({ writes }),
      answered({ writes, end: "drop" }),
    ]);
    expect(ends.map(({ completion }) => completion?.outcome)).toEqual(["completed", "completed", "completed"]);
  });

  test("counts that never came are not final", async () => {
    const { completion } = await streamed([text("x"), finish("stop")], DONE);
    expect(completion).toMatchObject({ usageFinal: false, usage: { input_tokens: 0, output_tokens: 0 } });
  });

  test("counts that came only before the end are not final", async () => {
    const { completion, sink } = await streamed([{ ...text("x"), usage: usage.usage }, finish("stop")], DONE);
    expect(completion).toMatchObject({ usageFinal: false, usage: { output_tokens: 4 } });
    expect(sink.usages).toHaveLength(1);
  });

  test.each([
    ["a clean close", {}],
    ["[DONE]", { last: DONE }],
    ["a dropped socket", { end: "drop" as const }],
  ])("%s before any finish_reason is a truncated stream", async (_name, { last, end }: { last?: string; end?: "drop" }) => {
    const writes = [...frames([text("Half")]), ...(last === undefined ? [] : [last])];
    const { error, sink } = await answered({ writes, ...(end && { end }) });
    expect(error).toMatchObject({ code: "truncated_stream", free: false });
    expect(sink.texts).toEqual(["Half"]);
  });

  test("chunks in odd shapes are read as far as they can be", async () => {
    const odd = [null, 7, "x", [], {}, { choices: null }, { choices: [{}] }, { choices: [{ delta: null }] }];
    const wrong = [
      chunk({ content: null }),
      chunk({ content: 5, reasoning: {} }),
      { ...text("a"), id: 5, model: null, usage: null },
    ];
    const { completion, sink } = await streamed([...odd, ...wrong, text("b"), finish("stop")], ": comment\n\n", DONE);
    expect([sink.texts, completion?.outcome]).toEqual([["a", "b"], "completed"]);
  });

  test.each([
    [{ code: 502, message: "Provider disconnected" }, "provider_upstream"],
    [{ code: 429, message: "Rate limited upstream" }, "provider_rate_limited"],
    [{ code: 402, message: "Insufficient credits" }, "provider_quota_exhausted"],
    [{ code: "server_error", message: "broken" }, "provider_upstream"],
    [{ type: "overloaded_error", message: "busy" }, "provider_overloaded"],
    [{ message: "the request exceeds the available context size" }, "context_exceeded"],
  ])("an error %j in the midst of the stream is %s, and not free", async (error, code) => {
    const broken = { id: "gen-1", error, choices: [{ delta: { content: "" }, finish_reason: "error" }] };
    const result = await streamed([text("Hal"), broken]);
    expect(result.error).toMatchObject({ code, free: false, message: `${result.host} broke off its answer: ${error.message}` });
    expect(result.sink.texts).toEqual(["Hal"]);
  });

  test("an answer that finishes with an error and no more is an upstream failure", async () => {
    expect((await streamed([text("x"), finish("error")], DONE)).error).toMatchObject({ code: "provider_upstream" });
  });

  test("JSON that does not parse is an upstream failure", async () => {
    expect((await streamed([text("x")], "data: {oops\n\n")).error).toMatchObject({ code: "provider_upstream", free: false });
  });

  test("text cut within its characters arrives whole", async () => {
    const { sink } = await answered({ writes: bytewise(frames([text("aé漢👩‍🚀"), finish("stop")]).join("")) });
    expect(sink.texts).toEqual(["aé漢👩‍🚀"]);
  });

  test("an abort closes the server's connection", async () => {
    await using vendor = await WireServer.playing({ writes: frames([text("H")]), end: "hang" });
    const stop = new AbortController();
    const sink = new RecordingSink(() => stop.abort("cancelled"));
    await expect(compatibleProvider(endpoint(vendor.baseUrl)).stream(providerRequest(), sink, stop.signal)).rejects.toThrow();
    await vendor.request.closed;
  });

  test.each<[string, number, unknown, string, string]>([
    ["OpenAI", 401, { error: { message: "bad key" } }, "provider_auth", "bad key"],
    ["Ollama", 404, { error: { message: 'model "x" not found, try pulling it first' } }, "model_not_found", "try pulling"],
    ["Ollama's own", 400, { error: "invalid options" }, "provider_invalid_request", "invalid options"],
    ["vLLM", 400, { object: "error", message: "This model's maximum context length is 4096 tokens" }, "context_exceeded", "4096"],
    ["a shape of its own", 400, { fault: { text: "the prompt is too long" } }, "context_exceeded", "the prompt is too long"],
    ["FastAPI", 422, { detail: [{ msg: "field required" }] }, "provider_invalid_request", "field required"],
    ["llama.cpp", 400, { error: { code: 400, type: "exceed_context_size_error", message: "no" } }, "context_exceeded", "no"],
    ["Google", 429, [{ error: { code: 429, message: "slow down" } }], "provider_rate_limited", "slow down"],
    ["OpenRouter", 402, { error: { code: 402, message: "Insufficient credits" } }, "provider_quota_exhausted", "credits"],
    ["OpenRouter", 400, { error: { code: 400, message: "x/y is not a valid model ID" } }, "model_not_found", "x/y"],
    ["OpenRouter", 403, { error: { message: "flagged", metadata: { flagged_input: "…" } } }, "blocked", "flagged"],
    ["a proxy", 503, undefined, "provider_overloaded", "no explanation"],
  ])("%s: HTTP %i with %j is %s, free, and in the server's words", async (_who, status, body, code, words) => {
    const { error, requests } = await answered(body === undefined ? { status } : jsonReply(status, body));
    expect(error).toMatchObject({ code, free: true, message: expect.stringContaining(words) });
    expect(requests).toHaveLength(1);
  });
});

describe("probeCompatible", () => {
  test("asks for the list of models only", async () => {
    await using vendor = await WireServer.playing(jsonReply(200, { object: "list", data: [] }));
    expect(await probeCompatible(endpoint(vendor.baseUrl), open())).toEqual({ ok: true });
    expect(vendor.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(["GET /v1/models"]);
  });

  test("tells a server that is not there", async () => {
    const gone = await WireServer.playing({});
    const url = gone.baseUrl;
    await gone[Symbol.asyncDispose]();
    const result = await probeCompatible(endpoint(url), open());
    expect(result).toMatchObject({
      ok: false,
      code: "provider_upstream",
      message: expect.stringContaining("could not be reached"),
    });
  });
});
