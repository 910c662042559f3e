import { describe, expect, test } from "vitest";
import { codexBody } from "../../../src/providers/codex-request.ts";
import { JSON_INSTRUCTION } from "../../../src/providers/openai-json.ts";
import { providerRequest } from "../../support/provider-request.ts";

describe("codexBody", () => {
  test("a plain request names nothing but the standard tier that was not asked for, and stores nothing at the vendor", () => {
    expect(codexBody(providerRequest())).toEqual({
      model: "model-1",
      input: "Say hello",
      max_output_tokens: 1_000,
      store: false,
      service_tier: "default",
      stream: true,
    });
  });

  test("system prompt and temperature are passed on", () => {
    expect(codexBody(providerRequest({ system: "Be brief.", temperature: 0 }))).toMatchObject({
      instructions: "Be brief.",
      temperature: 0,
    });
  });

  test.each([
    ["off" as const, { effort: "none" }],
    [{ effort: "high" as const }, { effort: "high", summary: "auto" }],
    [{ effort: "minimal" as const }, { effort: "minimal", summary: "auto" }],
  ])("thinking %j becomes %j", (thinking, reasoning) => {
    expect(codexBody(providerRequest({ thinking })).reasoning).toEqual(reasoning);
  });

  test("a closed schema is sent strict, any other without", () => {
    const closed = { type: "object", properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false };
    const bodyOf = (schema: { [key: string]: unknown }) => codexBody(providerRequest({ output: { format: "schema", schema } }));
    expect(bodyOf(closed).text).toEqual({ format: { type: "json_schema", name: "json_output", schema: closed, strict: true } });
    expect(bodyOf({ type: "object" }).text).toMatchObject({ format: { strict: false } });
  });

  test("JSON mode puts the word that the vendor looks for into the input, unless it is there", () => {
    const bodyOf = (prompt: string) => codexBody(providerRequest({ prompt, system: "JSON!", output: { format: "json" } }));
    expect(bodyOf("List three colours.")).toMatchObject({
      text: { format: { type: "json_object" } },
      instructions: "JSON!",
      input: [
        { role: "developer", content: JSON_INSTRUCTION },
        { role: "user", content: "List three colours." },
      ],
    });
    expect(bodyOf("List three colours as Json.").input).toBe("List three colours as Json.");
  });
});
