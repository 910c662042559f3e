import { describe, expect, test } from "vitest";
import { compatibleBody } from "../../../src/providers/compatible-request.ts";
import { JSON_INSTRUCTION } from "../../../src/providers/openai-json.ts";
import { providerRequest } from "../../support/provider-request.ts";

describe("compatibleBody", () => {
  test("a plain request asks for a stream with usage and names nothing that was not asked for", () => {
    expect(compatibleBody(providerRequest())).toEqual({
      model: "model-1",
      messages: [{ role: "user", content: "Say hello" }],
      max_tokens: 1_000,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test("system prompt, temperature and effort are passed on", () => {
    const body = compatibleBody(providerRequest({ system: "Be brief.", temperature: 0, thinking: { effort: "low" } }));
    expect(body).toMatchObject({ temperature: 0, reasoning_effort: "low" });
    expect(body.messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Say hello" },
    ]);
  });

  test("thinking that is off is said so, a token budget is left to the model", () => {
    expect(compatibleBody(providerRequest({ thinking: "off" })).reasoning_effort).toBe("none");
    expect(compatibleBody(providerRequest({ thinking: { budget_tokens: 1 } }))).not.toHaveProperty("reasoning_effort");
  });

  test("a schema is sent under a name", () => {
    const schema = { type: "object", properties: { a: { type: "string" } } };
    expect(compatibleBody(providerRequest({ output: { format: "schema", schema } })).response_format).toEqual({
      type: "json_schema",
      json_schema: { name: "json_output", schema, strict: false },
    });
  });

  test("JSON mode puts the word that servers look for into the messages, unless it is there", () => {
    const messagesOf = (system: string | undefined) =>
      compatibleBody(providerRequest({ system, output: { format: "json" } })).messages[0];
    expect(messagesOf(undefined)).toEqual({ role: "system", content: JSON_INSTRUCTION });
    expect(messagesOf("Be brief.")).toEqual({ role: "system", content: `Be brief.\n\n${JSON_INSTRUCTION}` });
    expect(messagesOf("Answer in json.")).toEqual({ role: "system", content: "Answer in json." });
  });
});
