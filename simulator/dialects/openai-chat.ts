import type { Outcome } from "../../src/providers/provider.ts";
import type { Answer, Dialect, Frame, Json } from "./dialect.ts";
import { asJson, asList, asText, lastMessage, sse, textOf } from "./dialect.ts";
import { refuseLikeOpenAi } from "./openai-errors.ts";

/**
 * OpenAI Chat Completions, as the `openai` 7.57 SDK types it and compatible servers speak it. Visible thinking travels in
 * `reasoning_content`, a field outside OpenAI's own types that vLLM, llama.cpp and DeepSeek share.
 */
export const openaiChat: Dialect = {
  vendor: "openai-chat",
  refusedOutcomes: ["context_exceeded"],
  headers: (id) => ({ "x-request-id": `req_${id}` }),
  malformedFrame: 'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"con\n\n',

  read(body) {
    const format = asJson(body.response_format);
    const system = asList(body.messages)
      .map(asJson)
      .filter(({ role }) => role === "system" || role === "developer");
    return {
      model: asText(body.model),
      prompt: lastMessage(body.messages, "user"),
      system: system.map(({ content }) => textOf(content)).join("\n"),
      streamed: body.stream === true,
      thinking: "reasoning_effort" in body,
      output:
        format.type === "json_schema"
          ? { format: "schema", schema: asJson(format.json_schema).schema }
          : { format: format.type === "json_object" ? "json" : "text" },
    };
  },

  *frames(answer, pieces, body) {
    const withUsage = asJson(body.stream_options).include_usage === true;
    const chunk = (kind: Frame["kind"], choices: Json[], counts: Json | null = null): Frame => ({
      kind,
      data: sse({ ...envelope(answer, "chat.completion.chunk"), choices, ...(withUsage ? { usage: counts } : {}) }),
    });
    const delta = (fields: Json, finish: string | null = null): Json => ({
      index: 0,
      delta: fields,
      logprobs: null,
      finish_reason: finish,
    });
    yield chunk("open", [delta({ role: "assistant", content: "", refusal: null })]);
    for (const { kind, text } of pieces) yield chunk("delta", [delta({ [fieldOf(answer, kind)]: text })]);
    yield chunk("end", [delta({}, FINISH_REASONS[answer.outcome])]);
    if (withUsage) yield chunk("end", [], usage(answer));
    yield { kind: "end", data: "data: [DONE]\n\n" };
  },

  whole(answer) {
    const refused = answer.outcome === "refused";
    const message = {
      role: "assistant",
      content: refused ? null : answer.text,
      refusal: refused ? answer.text : null,
      ...(answer.reasoning === "" ? {} : { reasoning_content: answer.reasoning }),
    };
    const choice = { index: 0, message, logprobs: null, finish_reason: FINISH_REASONS[answer.outcome] };
    return { ...envelope(answer, "chat.completion"), choices: [choice], usage: usage(answer) };
  },

  errorFrame: (status) => sse(refuseLikeOpenAi({ status }).body),
  refuse: refuseLikeOpenAi,
};

function fieldOf(answer: Answer, kind: "text" | "reasoning"): string {
  if (kind === "reasoning") return "reasoning_content";
  return answer.outcome === "refused" ? "refusal" : "content";
}

const FINISH_REASONS: Record<Exclude<Outcome, "context_exceeded">, string> & { [outcome: string]: string } = {
  completed: "stop",
  truncated: "length",
  refused: "stop",
  blocked: "content_filter",
};

const envelope = (answer: Answer, object: string): Json => ({
  id: `chatcmpl-${answer.id}`,
  object,
  created: Math.floor(Date.now() / 1000),
  model: answer.model,
  ...(answer.serviceTier === undefined ? {} : { service_tier: answer.serviceTier }),
});

const usage = ({ usage: counts }: Answer): Json => ({
  prompt_tokens: counts.input_tokens,
  completion_tokens: counts.output_tokens,
  total_tokens: counts.input_tokens + counts.output_tokens,
  prompt_tokens_details: { cached_tokens: counts.cached_input_tokens, cache_write_tokens: counts.cache_write_input_tokens },
  completion_tokens_details: { reasoning_tokens: counts.reasoning_output_tokens },
});
