import type { ResponseCreateParamsStreaming, ResponseInput, ResponseTextConfig } from "openai/resources/responses/responses";
import type { Reasoning } from "openai/resources/shared";
import { JSON_INSTRUCTION, namedSchema } from "./openai-json.ts";
import type { ProviderRequest, Thinking } from "./provider.ts";

/** The body of `POST /v1/responses` for one request. `store: false`: nothing is kept at the vendor for later turns. */
export function codexBody(request: ProviderRequest): ResponseCreateParamsStreaming {
  const format = formatOf(request);
  return {
    model: request.model,
    input: inputOf(request),
    max_output_tokens: request.maxOutputTokens,
    store: false,
    stream: true,
    // The reservation counts on the standard price, whatever tier the account's project has as its own default.
    service_tier: "default",
    ...(request.system === undefined ? {} : { instructions: request.system }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.thinking === undefined ? {} : { reasoning: reasoningOf(request.thinking) }),
    ...(format === undefined ? {} : { text: { format } }),
  };
}

/** JSON mode looks for its word in the input only, not in the instructions. */
function inputOf({ prompt, output }: ProviderRequest): string | ResponseInput {
  if (output.format !== "json" || /json/i.test(prompt)) return prompt;
  return [
    { role: "developer", content: JSON_INSTRUCTION },
    { role: "user", content: prompt },
  ];
}

/** A summary is the only thinking that the vendor shows, and only when asked. No model here takes a token budget. */
function reasoningOf(thinking: Thinking): Reasoning {
  if (thinking === "off") return { effort: "none" };
  return "effort" in thinking ? { effort: thinking.effort, summary: "auto" } : { summary: "auto" };
}

function formatOf({ output }: ProviderRequest): ResponseTextConfig["format"] {
  if (output.format === "text") return undefined;
  return output.format === "json" ? { type: "json_object" } : { type: "json_schema", ...namedSchema(output.schema) };
}
