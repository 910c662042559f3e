import type { ChatCompletionCreateParamsStreaming, ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { JSON_INSTRUCTION, namedSchema } from "./openai-json.ts";
import type { ProviderRequest, Thinking } from "./provider.ts";

type Body = ChatCompletionCreateParamsStreaming;

/**
 * The body of `POST …/chat/completions` for one request. The output limit goes as `max_tokens`, which Ollama, vLLM, llama.cpp
 * and OpenRouter all take; OpenAI's successor `max_completion_tokens` is not known to all of them.
 */
export function compatibleBody(request: ProviderRequest): Body {
  const format = formatOf(request);
  const effort = request.thinking === undefined ? undefined : effortOf(request.thinking);
  return {
    model: request.model,
    messages: messagesOf(request),
    max_tokens: request.maxOutputTokens,
    stream: true,
    stream_options: { include_usage: true },
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
    ...(format === undefined ? {} : { response_format: format }),
  };
}

function messagesOf({ prompt, system, output }: ProviderRequest): ChatCompletionMessageParam[] {
  const needsWord = output.format === "json" && !/json/i.test(`${prompt} ${system ?? ""}`);
  const instructions = [system, needsWord ? JSON_INSTRUCTION : undefined].filter((text) => text !== undefined).join("\n\n");
  const asking: ChatCompletionMessageParam = { role: "user", content: prompt };
  return instructions === "" ? [asking] : [{ role: "system", content: instructions }, asking];
}

/** A token budget has no common field among these servers: it is left to the model. */
function effortOf(thinking: Thinking): NonNullable<Body["reasoning_effort"]> | undefined {
  if (thinking === "off") return "none";
  return "effort" in thinking ? thinking.effort : undefined;
}

function formatOf({ output }: ProviderRequest): Body["response_format"] {
  if (output.format === "text") return undefined;
  return output.format === "json" ? { type: "json_object" } : { type: "json_schema", json_schema: namedSchema(output.schema) };
}
