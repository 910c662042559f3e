import type { GenerateContentConfig, GenerateContentParameters, ThinkingConfig } from "@google/genai/web";
import type { ProviderRequest, Thinking } from "./provider.ts";

/**
 * What `models.generateContentStream` takes for one request. The SDK would answer function calls and send continuations on
 * its own (and bill them): both are off.
 */
export function geminiParameters(request: ProviderRequest): GenerateContentParameters & { config: GenerateContentConfig } {
  return {
    model: request.model,
    contents: [{ role: "user", parts: [{ text: request.prompt }] }],
    config: {
      automaticContinuation: false,
      automaticFunctionCalling: { disable: true },
      maxOutputTokens: request.maxOutputTokens,
      ...(request.system === undefined ? {} : { systemInstruction: request.system }),
      ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
      ...(request.thinking === undefined ? {} : { thinkingConfig: thinkingConfigOf(request.thinking) }),
      ...outputOf(request.output),
    },
  };
}

/** Levels for Gemini 3 and newer, budgets for 2.5; both at once is a 400 (https://ai.google.dev/gemini-api/docs/thinking). */
function thinkingConfigOf(thinking: Thinking): ThinkingConfig {
  if (thinking === "off") return { thinkingBudget: 0 };
  if ("budget_tokens" in thinking) return { thinkingBudget: thinking.budget_tokens, includeThoughts: true };
  // The SDK's enum lacks XHIGH, which the API has; it sends what it is given.
  const thinkingLevel = thinking.effort.toUpperCase() as NonNullable<ThinkingConfig["thinkingLevel"]>;
  return { thinkingLevel, includeThoughts: true };
}

function outputOf(output: ProviderRequest["output"]): GenerateContentConfig {
  if (output.format === "text") return {};
  if (output.format === "json") return { responseMimeType: "application/json" };
  return { responseMimeType: "application/json", responseJsonSchema: output.schema };
}
