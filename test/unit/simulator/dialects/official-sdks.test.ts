import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { afterAll, describe, expect, test } from "vitest";
import type { Scenario } from "../../../../simulator/scenario.ts";
import { simulate } from "../../../../simulator/simulate.ts";
import { startSimulator } from "../../../../simulator/simulator.ts";

const simulator = await startSimulator({ fast: true });
afterAll(() => simulator.stop());

const SCENARIO: Scenario = {
  text: "Ein Gruß 🙂",
  reasoning: "Think.",
  delta_chars: 4,
  usage: {
    input_tokens: 100,
    cached_input_tokens: 40,
    cache_write_input_tokens: 10,
    output_tokens: 30,
    reasoning_output_tokens: 12,
  },
};
const prompt = simulate(SCENARIO);

/** The vendors' own SDKs put streams together again: what they make of a stream must be what an answer in one piece says. */
describe("a stream put together by the vendor's SDK is the answer in one piece", () => {
  test("Anthropic Messages", async () => {
    const client = new Anthropic({ apiKey: "k", baseURL: simulator.url, maxRetries: 0 });
    const request = { model: "m", max_tokens: 99, messages: [{ role: "user" as const, content: prompt }] };
    const { id: _, ...streamed } = await client.messages.stream(request).finalMessage();
    const { id: __, ...whole } = await client.messages.create(request);
    expect(streamed.content).toMatchObject([{ thinking: "Think." }, { text: "Ein Gruß 🙂" }]);
    expect(streamed).toMatchObject({ model: whole.model, role: whole.role, stop_reason: whole.stop_reason });
    expect(streamed.usage).toEqual(whole.usage);
    expect(whole.usage).toMatchObject({
      input_tokens: 50,
      cache_read_input_tokens: 40,
      cache_creation_input_tokens: 10,
      output_tokens: 30,
      output_tokens_details: { thinking_tokens: 12 },
    });
  });

  test("OpenAI Responses", async () => {
    const client = new OpenAI({ apiKey: "k", baseURL: `${simulator.url}/v1`, maxRetries: 0 });
    const streamed = await client.responses.stream({ model: "m", input: prompt }).finalResponse();
    const whole = await client.responses.create({ model: "m", input: prompt });
    expect([streamed.output_text, whole.output_text]).toEqual(["Ein Gruß 🙂", "Ein Gruß 🙂"]);
    expect([streamed.status, streamed.usage]).toEqual([whole.status, whole.usage]);
    expect(whole.usage).toMatchObject({
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 40, cache_write_tokens: 10 },
      output_tokens: 30,
      output_tokens_details: { reasoning_tokens: 12 },
      total_tokens: 130,
    });
  });

  test("OpenAI Chat Completions", async () => {
    const client = new OpenAI({ apiKey: "k", baseURL: `${simulator.url}/v1`, maxRetries: 0 });
    const request = { model: "m", messages: [{ role: "user" as const, content: prompt }] };
    const streamed = await client.chat.completions
      .stream({ ...request, stream_options: { include_usage: true } })
      .finalChatCompletion();
    const whole = await client.chat.completions.create(request);
    expect(streamed.choices[0]?.message).toMatchObject({ role: "assistant", content: "Ein Gruß 🙂" });
    expect([streamed.choices[0]?.finish_reason, streamed.usage]).toEqual([whole.choices[0]?.finish_reason, whole.usage]);
    expect(whole.usage).toMatchObject({ prompt_tokens: 100, completion_tokens: 30, total_tokens: 130 });
  });

  test("Gemini", async () => {
    const { models } = new GoogleGenAI({ apiKey: "k", apiVersion: "v1beta", httpOptions: { baseUrl: simulator.url } });
    let text = "";
    let last: unknown;
    for await (const chunk of await models.generateContentStream({ model: "m", contents: prompt })) {
      text += chunk.text ?? "";
      last = chunk.usageMetadata;
    }
    const whole = await models.generateContent({ model: "m", contents: prompt });
    expect([text, last]).toEqual([whole.text, whole.usageMetadata]);
    expect(whole.text).toBe("Ein Gruß 🙂");
    expect(whole.usageMetadata).toMatchObject({ promptTokenCount: 100, candidatesTokenCount: 18, thoughtsTokenCount: 12 });
  });
});
