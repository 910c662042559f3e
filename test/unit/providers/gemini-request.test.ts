import { describe, expect, test } from "vitest";
import { geminiProvider } from "../../../src/providers/gemini.ts";
import type { ProviderRequest } from "../../../src/providers/provider.ts";
import { providerRequest } from "../../support/provider-request.ts";
import { RecordingSink } from "../../support/recording-sink.ts";
import { jsonReply, WireServer } from "../../support/wire-server.ts";

async function requestOf(different: Partial<ProviderRequest> = {}) {
  await using server = await WireServer.playing(jsonReply(401, {}));
  const provider = geminiProvider({ apiKey: "key-1", baseUrl: server.baseUrl });
  await provider.stream(providerRequest(different), new RecordingSink(), new AbortController().signal).catch(() => undefined);
  return server.request;
}

describe("geminiProvider on the wire", () => {
  test("posts prompt, limit and nothing else, once, with the key in a header", async () => {
    const request = await requestOf();
    expect(request).toMatchObject({ method: "POST", url: "/v1beta/models/model-1:streamGenerateContent?alt=sse" });
    expect(request.body).toEqual({
      contents: [{ role: "user", parts: [{ text: "Say hello" }] }],
      generationConfig: { maxOutputTokens: 1_000 },
    });
    expect(request.headers["x-goog-api-key"]).toBe("key-1");
  });

  test("sends the system prompt and a temperature", async () => {
    expect((await requestOf({ system: "Be brief", temperature: 0 })).body).toMatchObject({
      systemInstruction: { parts: [{ text: "Be brief" }] },
      generationConfig: { temperature: 0 },
    });
  });

  test.each([
    [{ effort: "minimal" }, { thinkingLevel: "MINIMAL", includeThoughts: true }],
    [{ effort: "xhigh" }, { thinkingLevel: "XHIGH", includeThoughts: true }],
    [{ budget_tokens: 512 }, { thinkingBudget: 512, includeThoughts: true }],
    ["off", { thinkingBudget: 0 }],
  ] as const)("asks for thinking %j by %j", async (thinking, thinkingConfig) => {
    expect((await requestOf({ thinking })).body).toMatchObject({ generationConfig: { thinkingConfig } });
  });

  test("asks for JSON by its media type", async () => {
    const { body } = await requestOf({ output: { format: "json" } });
    expect(body).toMatchObject({ generationConfig: { responseMimeType: "application/json" } });
    expect(body).not.toHaveProperty("generationConfig.responseJsonSchema");
  });

  test("sends a JSON Schema as it is", async () => {
    const schema = { type: "object", properties: { age: { type: "integer", minimum: 0 } }, additionalProperties: false };
    expect((await requestOf({ output: { format: "schema", schema } })).body).toMatchObject({
      generationConfig: { responseMimeType: "application/json", responseJsonSchema: schema },
    });
  });
});
