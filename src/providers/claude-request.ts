import { transformJSONSchema } from "@anthropic-ai/sdk/lib/transform-json-schema";
import type {
  JSONOutputFormat,
  MessageCreateParamsStreaming,
  OutputConfig,
  ThinkingConfigParam,
} from "@anthropic-ai/sdk/resources/messages";
import type { JsonSchema, ProviderRequest, Thinking } from "./provider.ts";

/** `temperature` is absent from the SDK's types: only API version 2023-06-01 takes it. */
export type ClaudeBody = MessageCreateParamsStreaming & { temperature?: number };

/** The API has no JSON mode without a schema: the wish goes into the system prompt. */
export const JSON_INSTRUCTION =
  "Answer with exactly one valid JSON value and nothing else: no Markdown fence, no text before or after it.";

/** The body of `POST /v1/messages` for one request. */
export function claudeBody(request: ProviderRequest): ClaudeBody {
  const system = systemOf(request);
  const outputConfig = outputConfigOf(request);
  return {
    model: request.model,
    max_tokens: request.maxOutputTokens,
    messages: [{ role: "user", content: request.prompt }],
    stream: true,
    // The reservation counts on the standard price, whatever capacity the account has bought.
    service_tier: "standard_only",
    ...(system === undefined ? {} : { system }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.thinking === undefined ? {} : { thinking: thinkingOf(request.thinking) }),
    ...(outputConfig === undefined ? {} : { output_config: outputConfig }),
  };
}

/**
 * The headers of one request. Since API version 2026-10-21, which the SDK sends, any `temperature` is answered 400; the
 * models that still honour one are asked under 2023-06-01 (https://platform.claude.com/docs/en/api/versioning).
 */
export function claudeHeaders(request: ProviderRequest): { [name: string]: string } {
  return request.temperature === undefined ? {} : { "anthropic-version": "2023-06-01" };
}

function systemOf({ system, output }: ProviderRequest): string | undefined {
  if (output.format !== "json") return system;
  return system === undefined ? JSON_INSTRUCTION : `${system}\n\n${JSON_INSTRUCTION}`;
}

/** `display` is asked for because the 5.5 models leave thinking text out by default. */
function thinkingOf(thinking: Thinking): ThinkingConfigParam {
  if (thinking === "off") return { type: "disabled" };
  if ("budget_tokens" in thinking) return { type: "enabled", budget_tokens: thinking.budget_tokens, display: "summarized" };
  return { type: "adaptive", display: "summarized" };
}

function outputConfigOf({ thinking, output }: ProviderRequest): OutputConfig | undefined {
  const effort = thinking === undefined || thinking === "off" || !("effort" in thinking) ? undefined : thinking.effort;
  const format = output.format === "schema" ? formatOf(output.schema) : undefined;
  if (effort === undefined && format === undefined) return undefined;
  return {
    ...(effort === undefined ? {} : { effort: effort === "minimal" ? "low" : effort }),
    ...(format === undefined ? {} : { format }),
  };
}

/**
 * The vendor takes a subset of JSON Schema: the SDK's transform closes objects and moves unsupported keywords into
 * descriptions. What it cannot express (a schema without a type) is sent as it is, for the vendor to judge.
 */
function formatOf(schema: JsonSchema): JSONOutputFormat {
  try {
    return { type: "json_schema", schema: transformJSONSchema(schema) };
  } catch {
    return { type: "json_schema", schema };
  }
}
