import { describe, expect, test } from "vitest";
import type { ProviderRequest } from "../../src/providers/provider.ts";
import { SimulatedCall } from "./simulated-call.ts";
import { API_KEY, VENDOR_NAMES, type VendorName } from "./vendors.ts";

const SCHEMA = {
  type: "object",
  properties: { city: { type: "string" }, people: { type: "integer" } },
  required: ["city", "people"],
  additionalProperties: false,
};

const json = expect.stringMatching(/json/i);

type Field = { what: string; request: Partial<ProviderRequest>; body: Record<VendorName, object> };

/** What a request says, and where each vendor's own API wants it. */
const FIELDS: readonly Field[] = [
  {
    what: "the output limit",
    request: { maxOutputTokens: 321 },
    body: {
      claude: { max_tokens: 321 },
      codex: { max_output_tokens: 321 },
      gemini: { generationConfig: { maxOutputTokens: 321 } },
      compatible: { max_tokens: 321 },
    },
  },
  {
    what: "the system prompt",
    request: { system: "Be brief." },
    body: {
      claude: { system: "Be brief." },
      codex: { instructions: "Be brief." },
      gemini: { systemInstruction: { parts: [{ text: "Be brief." }] } },
      compatible: { messages: [{ role: "system", content: "Be brief." }, { role: "user" }] },
    },
  },
  {
    what: "the temperature",
    request: { temperature: 0.25 },
    body: {
      claude: { temperature: 0.25 },
      codex: { temperature: 0.25 },
      gemini: { generationConfig: { temperature: 0.25 } },
      compatible: { temperature: 0.25 },
    },
  },
  {
    what: "an effort",
    request: { thinking: { effort: "high" } },
    body: {
      claude: { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "high" } },
      codex: { reasoning: { effort: "high", summary: "auto" } },
      gemini: { generationConfig: { thinkingConfig: { thinkingLevel: "HIGH", includeThoughts: true } } },
      compatible: { reasoning_effort: "high" },
    },
  },
  {
    what: "thinking switched off",
    request: { thinking: "off" },
    body: {
      claude: { thinking: { type: "disabled" } },
      codex: { reasoning: { effort: "none" } },
      gemini: { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } },
      compatible: { reasoning_effort: "none" },
    },
  },
  {
    what: "JSON of any shape",
    request: { output: { format: "json" } },
    body: {
      claude: { system: json },
      codex: { text: { format: { type: "json_object" } } },
      gemini: { generationConfig: { responseMimeType: "application/json" } },
      compatible: { response_format: { type: "json_object" } },
    },
  },
  {
    what: "JSON of a schema",
    request: { output: { format: "schema", schema: SCHEMA } },
    body: {
      claude: { output_config: { format: { type: "json_schema", schema: SCHEMA } } },
      codex: { text: { format: { type: "json_schema", name: expect.any(String), schema: SCHEMA, strict: true } } },
      gemini: { generationConfig: { responseMimeType: "application/json", responseJsonSchema: SCHEMA } },
      compatible: { response_format: { type: "json_schema", json_schema: { schema: SCHEMA, strict: true } } },
    },
  },
];

const BUDGETS: Record<"claude" | "gemini", object> = {
  claude: { thinking: { type: "enabled", budget_tokens: 2_048 } },
  gemini: { generationConfig: { thinkingConfig: { thinkingBudget: 2_048 } } },
};

const ADDRESSES: Record<VendorName, { path: string; headers: { [name: string]: unknown } }> = {
  claude: {
    path: "/v1/messages",
    headers: { authorization: `Bearer ${API_KEY}`, "anthropic-version": "2026-10-21", "x-stainless-retry-count": "0" },
  },
  codex: { path: "/v1/responses", headers: { authorization: `Bearer ${API_KEY}`, "x-stainless-retry-count": "0" } },
  gemini: { path: "/v1beta/models/model-1:streamGenerateContent", headers: { "x-goog-api-key": API_KEY } },
  compatible: { path: "/v1/chat/completions", headers: { authorization: `Bearer ${API_KEY}` } },
};

describe.each(VENDOR_NAMES)("%s: request", (vendor) => {
  test("goes to the vendor's own path with the account's key", async () => {
    const call = new SimulatedCall(vendor, { text: "hi" });
    await call.completion();
    const { method, path, headers, model } = call.request;
    expect({ method, path, headers, model }).toMatchObject({ method: "POST", model: "model-1", ...ADDRESSES[vendor] });
  });

  test.each(FIELDS)("says $what in the vendor's own field", async ({ request, body }) => {
    const call = new SimulatedCall(vendor, { text: "{}" }, { request });
    await call.completion();
    expect(call.request.body).toMatchObject(body[vendor]);
  });

  test("says nothing that was not asked for", async () => {
    const call = new SimulatedCall(vendor, { text: "hi" });
    await call.completion();
    const sent = JSON.stringify(call.request.body);
    expect(sent).not.toMatch(/temperature|thinking|reasoning|effort|system|instructions|format|Schema|MimeType|tools/);
  });

  test("brings JSON that fits the schema", async () => {
    const call = new SimulatedCall(vendor, {}, { request: { output: { format: "schema", schema: SCHEMA } } });
    await call.completion();
    expect(JSON.parse(call.text)).toEqual({ city: expect.any(String), people: expect.any(Number) });
  });
});

describe.each(["claude", "gemini"] as const)("%s: request", (vendor) => {
  test("says a thinking budget in tokens", async () => {
    const call = new SimulatedCall(vendor, { text: "hi" }, { request: { thinking: { budget_tokens: 2_048 } } });
    await call.completion();
    expect(call.request.body).toMatchObject(BUDGETS[vendor]);
  });
});
