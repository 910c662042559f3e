import type { Outcome } from "../../src/providers/provider.ts";
import type { Answer, Dialect, ErrorReply, Json, Refusal } from "./dialect.ts";
import { asJson, asText, lastMessage, sse, textOf } from "./dialect.ts";

/**
 * Gemini generateContent and streamGenerateContent (v1beta): whole response chunks without a terminal event, as
 * `@google/genai` 3.1 types and decodes them. Errors are google.rpc.Status with RetryInfo and QuotaFailure details.
 */
export const google: Dialect = {
  vendor: "google",
  /** Gemini knows no answer that ended for want of context: it refuses such a prompt. */
  refusedOutcomes: ["context_exceeded"],
  headers: (_, answer) => ({ "x-gemini-service-tier": answer?.serviceTier ?? "standard" }),
  malformedFrame: 'data: {"candidates":[{"content":{"parts":[{"text":"cut\n\n',

  read(body, path) {
    const config = asJson(body.generationConfig);
    const schema = config.responseJsonSchema ?? config.responseSchema;
    return {
      model: decodeURIComponent(/\/models\/([^/:]+):/.exec(path)?.[1] ?? ""),
      prompt: lastMessage(body.contents, "user", "parts"),
      system: textOf(asJson(body.systemInstruction).parts),
      streamed: path.endsWith(":streamGenerateContent"),
      thinking: asJson(config.thinkingConfig).includeThoughts === true,
      output:
        schema !== undefined
          ? { format: "schema", schema }
          : { format: asText(config.responseMimeType) === "application/json" ? "json" : "text" },
    };
  },

  *frames(answer, pieces) {
    const prompt = { promptTokenCount: answer.usage.input_tokens, totalTokenCount: answer.usage.input_tokens };
    for (const { kind, text } of pieces) {
      const part = kind === "text" ? { text } : { text, thought: true };
      yield { kind: "delta", data: sse(chunk(answer, [{ content: { parts: [part], role: "model" }, index: 0 }], prompt)) };
    }
    yield { kind: "end", data: sse(last(answer, [])) };
  },

  whole(answer) {
    const thought = answer.reasoning === "" ? [] : [{ text: answer.reasoning, thought: true }];
    return last(answer, [...thought, { text: answer.text }]);
  },

  errorFrame: (status) => sse(refuse({ status: status === 529 ? 503 : status }).body),
  refuse,
};

const chunk = (answer: Answer, candidates: Json[], usageMetadata: Json): Json => ({
  ...(candidates.length === 0 ? {} : { candidates }),
  usageMetadata,
  modelVersion: answer.model,
  responseId: answer.id,
});

/** A block without any text is one of the prompt, which then has no candidates. */
function last(answer: Answer, parts: Json[]): Json {
  if (answer.outcome === "blocked" && answer.text === "") {
    return { ...chunk(answer, [], usage(answer)), promptFeedback: { blockReason: "SAFETY" } };
  }
  const [finishReason, finishMessage] = FINISH_REASONS[answer.outcome];
  const candidate = {
    content: { parts: parts.length === 0 ? [{ text: "" }] : parts, role: "model" },
    finishReason,
    ...(finishMessage === undefined ? {} : { finishMessage }),
    index: 0,
  };
  return chunk(answer, [candidate], usage(answer));
}

const FINISH_REASONS: Record<Outcome, readonly [reason: string, message?: string]> = {
  completed: ["STOP"],
  truncated: ["MAX_TOKENS"],
  refused: ["PROHIBITED_CONTENT", "The response was blocked because it contained prohibited content."],
  blocked: ["SAFETY", "The response was blocked due to safety."],
  context_exceeded: ["MAX_TOKENS"],
};

/** `candidatesTokenCount` leaves out thoughts; `promptTokenCount` includes what was cached. No writes are reported. */
const usage = ({ usage: counts }: Answer): Json => ({
  promptTokenCount: counts.input_tokens,
  candidatesTokenCount: counts.output_tokens - counts.reasoning_output_tokens,
  ...(counts.reasoning_output_tokens === 0 ? {} : { thoughtsTokenCount: counts.reasoning_output_tokens }),
  ...(counts.cached_input_tokens === 0 ? {} : { cachedContentTokenCount: counts.cached_input_tokens }),
  totalTokenCount: counts.input_tokens + counts.output_tokens,
  trafficType: "ON_DEMAND",
});

const ERRORS: { [status: number]: readonly [status: string, message: string] } = {
  400: ["INVALID_ARGUMENT", "Request contains an invalid argument."],
  401: ["UNAUTHENTICATED", "Request had invalid authentication credentials."],
  402: ["FAILED_PRECONDITION", "Billing is not enabled for this project."],
  403: ["PERMISSION_DENIED", "The caller does not have permission"],
  404: ["NOT_FOUND", "models/unknown is not found for API version v1beta, or is not supported for generateContent."],
  408: ["DEADLINE_EXCEEDED", "The request timed out."],
  413: ["INVALID_ARGUMENT", "Request payload size exceeds the limit: 20971520 bytes."],
  422: ["INVALID_ARGUMENT", "The request could not be processed."],
  429: ["RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details."],
  503: ["UNAVAILABLE", "The model is overloaded. Please try again later."],
  504: ["DEADLINE_EXCEEDED", "Deadline expired before operation could complete."],
  529: ["UNAVAILABLE", "The model is overloaded. Please try again later."],
};

function refuse({ status, error, retry_after, message }: Refusal): ErrorReply {
  const [name, usual] = ERRORS[status] ?? ["INTERNAL", "An internal error has occurred. Please retry."];
  const overflow = "The input token count (1204211) exceeds the maximum number of tokens allowed (1048576).";
  const details = status === 429 ? quotaDetails(error) : [];
  if (status === 401) details.push({ "@type": `${RPC}ErrorInfo`, reason: "API_KEY_INVALID", domain: "googleapis.com" });
  if (retry_after !== undefined) details.push({ "@type": `${RPC}RetryInfo`, retryDelay: `${retry_after}s` });
  const words = message ?? (error === "context_overflow" ? overflow : usual);
  const body = { code: status, message: words, status: name, ...(details.length === 0 ? {} : { details }) };
  return { status, headers: {}, body: { error: body } };
}

const RPC = "type.googleapis.com/google.rpc.";

/** A quota of the day (or of the project's spending) does not come back by waiting a minute; one of the minute does. */
function quotaDetails(error: Refusal["error"]): Json[] {
  const exhausted = error === "quota_exhausted" || error === "spend_limit";
  const violation = {
    quotaMetric: "generativelanguage.googleapis.com/generate_content_free_tier_requests",
    quotaId: `GenerateRequestsPer${exhausted ? "Day" : "Minute"}PerProjectPerModel-FreeTier`,
    quotaDimensions: { location: "global", model: "gemini" },
    quotaValue: exhausted ? "250" : "10",
  };
  return [{ "@type": `${RPC}QuotaFailure`, violations: [violation] }];
}
