import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ScriptedModel, startScriptedModel } from "../../../../scripts/mcp/scripted-model.ts";

const TOOLS: Anthropic.Tool[] = [{ name: "look", input_schema: { type: "object" } }];
const BODY = { model: "claude-x", max_tokens: 10 };

let model: ScriptedModel;
let vendor: Anthropic;
beforeAll(async () => {
  model = await startScriptedModel((result) => [
    { says: "I look.", uses: { tool: "look", input: { at: "it" } } },
    { says: `It is ${result}.` },
  ]);
  vendor = new Anthropic({ baseURL: model.url, apiKey: "simulated", maxRetries: 0 });
});
afterAll(() => model[Symbol.asyncDispose]());

const asked: Anthropic.MessageParam = { role: "user", content: "What is it?" };
const used: Anthropic.MessageParam = {
  role: "assistant",
  content: [{ type: "tool_use", id: "toolu_1", name: "look", input: {} }],
};
const given = (content: Anthropic.ToolResultBlockParam["content"]): Anthropic.MessageParam => ({
  role: "user",
  content: [{ type: "tool_result", tool_use_id: "toolu_1", ...(content !== undefined && { content }) }],
});

describe("the scripted model", () => {
  test("uses a tool in its first turn, streamed as Anthropic streams it, and whole", async () => {
    const request = { ...BODY, tools: TOOLS, messages: [asked] };
    const streamed = await vendor.messages.stream(request).finalMessage();
    for (const message of [streamed, await vendor.messages.create(request)]) {
      expect(message.stop_reason).toBe("tool_use");
      expect(message.content).toMatchObject([
        { type: "text", text: "I look." },
        { type: "tool_use", name: "look", input: { at: "it" } },
      ]);
    }
  });

  test.each([
    ["a text", "green"],
    ["blocks", [{ type: "text" as const, text: "green" }]],
  ])("is given the result of the tool: %s", async (_how, content) => {
    const messages = [asked, used, given(content)];
    const { stop_reason, content: said } = await vendor.messages.stream({ ...BODY, tools: TOOLS, messages }).finalMessage();
    expect(stop_reason).toBe("end_turn");
    expect(said).toMatchObject([{ type: "text", text: "It is green." }]);
  });

  test("plays nothing where no tools are offered, and after its last turn", async () => {
    for (const request of [
      { ...BODY, messages: [asked] },
      { ...BODY, tools: TOOLS, messages: [asked, used, given("a"), used, given("b")] },
    ]) {
      expect((await vendor.messages.create(request)).content).toMatchObject([{ type: "text", text: "ok" }]);
    }
  });

  test("knows no other address", async () => {
    expect((await fetch(`${model.url}/v1/models`)).status).toBe(404);
    expect((await fetch(model.url, { method: "HEAD" })).status).toBe(404);
  });
});
