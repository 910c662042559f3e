import { describe, expect, test } from "vitest";
import { claudeProvider } from "../../../src/providers/claude.ts";
import { claudeBody, claudeHeaders, JSON_INSTRUCTION } from "../../../src/providers/claude-request.ts";
import { providerRequest } from "../../support/provider-request.ts";
import { RecordingSink } from "../../support/recording-sink.ts";
import { jsonReply, WireServer } from "../../support/wire-server.ts";

describe("claudeBody", () => {
  test("asks for a stream and sends nothing that was not asked for", () => {
    expect(claudeBody(providerRequest())).toEqual({
      model: "model-1",
      max_tokens: 1_000,
      service_tier: "standard_only",
      messages: [{ role: "user", content: "Say hello" }],
      stream: true,
    });
  });

  test("sends the system prompt beside the messages", () => {
    expect(claudeBody(providerRequest({ system: "Be brief" })).system).toBe("Be brief");
  });

  test("asks for visible adaptive thinking with an effort", () => {
    expect(claudeBody(providerRequest({ thinking: { effort: "xhigh" } }))).toMatchObject({
      thinking: { type: "adaptive", display: "summarized" },
      output_config: { effort: "xhigh" },
    });
  });

  test("knows no effort below low", () => {
    expect(claudeBody(providerRequest({ thinking: { effort: "minimal" } })).output_config).toEqual({ effort: "low" });
  });

  test("sends a thinking budget to the models that take one", () => {
    const body = claudeBody(providerRequest({ thinking: { budget_tokens: 2_048 } }));
    expect(body.thinking).toEqual({ type: "enabled", budget_tokens: 2_048, display: "summarized" });
    expect(body.output_config).toBeUndefined();
  });

  test("turns thinking off", () => {
    const body = claudeBody(providerRequest({ thinking: "off" }));
    expect(body.thinking).toEqual({ type: "disabled" });
    expect(body.output_config).toBeUndefined();
  });

  test("wants JSON by instruction when there is no schema, after the caller's own system prompt", () => {
    expect(claudeBody(providerRequest({ output: { format: "json" } })).system).toBe(JSON_INSTRUCTION);
    const both = claudeBody(providerRequest({ output: { format: "json" }, system: "Be brief" }));
    expect(both.system).toBe(`Be brief\n\n${JSON_INSTRUCTION}`);
    expect(both.output_config).toBeUndefined();
  });

  test("sends a schema in the subset that the vendor takes, beside an effort", () => {
    const schema = { type: "object", properties: { age: { type: "integer", minimum: 0 } }, required: ["age"] };
    const body = claudeBody(providerRequest({ output: { format: "schema", schema }, thinking: { effort: "low" } }));
    expect(body.output_config).toEqual({
      effort: "low",
      format: {
        type: "json_schema",
        schema: {
          type: "object",
          properties: { age: { type: "integer", description: "{minimum: 0}" } },
          required: ["age"],
          additionalProperties: false,
        },
      },
    });
    expect(schema.properties.age.minimum).toBe(0);
  });

  test("leaves a schema that has no type to the vendor's judgement", () => {
    const body = claudeBody(providerRequest({ output: { format: "schema", schema: { minimum: 1 } } }));
    expect(body.output_config?.format?.schema).toEqual({ minimum: 1 });
  });
});

describe("claudeHeaders", () => {
  test("names the older API version only for a temperature", () => {
    expect(claudeHeaders(providerRequest())).toEqual({});
    expect(claudeHeaders(providerRequest({ temperature: 0 }))).toEqual({ "anthropic-version": "2023-06-01" });
  });
});

describe("claudeProvider on the wire", () => {
  async function requestOf(different: Parameters<typeof providerRequest>[0]) {
    await using server = await WireServer.playing(jsonReply(401, {}));
    const provider = claudeProvider({ apiKey: "key-1", baseUrl: server.baseUrl });
    await provider.stream(providerRequest(different), new RecordingSink(), new AbortController().signal).catch(() => undefined);
    return server.request;
  }

  test("posts the body with the key and the current API version, and never again by itself", async () => {
    const request = await requestOf({});
    expect(request).toMatchObject({ method: "POST", url: "/v1/messages", body: claudeBody(providerRequest()) });
    expect(request.headers).toMatchObject({ authorization: "Bearer key-1", "anthropic-version": "2026-10-21" });
  });

  test("sends a temperature under the API version that takes it", async () => {
    const request = await requestOf({ temperature: 0.3 });
    expect(request.body).toMatchObject({ temperature: 0.3 });
    expect(request.headers["anthropic-version"]).toBe("2023-06-01");
  });
});
