import type { Outcome } from "../../src/providers/provider.ts";
import type { Answer, Dialect, ErrorReply, Frame, Json, Piece, Refusal } from "./dialect.ts";
import { asJson, asText, lastMessage, namedSse, textOf } from "./dialect.ts";

/**
 * Anthropic Messages, version 2026-10-21: events and bodies as `@anthropic-ai/sdk` 1.12 types and decodes them
 * (`resources/messages/messages.d.ts`, `core/streaming.js`, `core/error.js`).
 */
export const anthropic: Dialect = {
  vendor: "anthropic",
  refusedOutcomes: [],
  headers: (id) => ({ "request-id": `req_${id}` }),
  malformedFrame: 'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_\n\n',

  read(body) {
    const format = asJson(asJson(body.output_config).format);
    const thinking = asText(asJson(body.thinking).type);
    return {
      model: asText(body.model),
      prompt: lastMessage(body.messages, "user"),
      system: textOf(body.system),
      streamed: body.stream === true,
      thinking: thinking !== "" && thinking !== "disabled",
      output:
        format.type === "json_schema"
          ? { format: "schema", schema: format.schema }
          : { format: wantsJson(body) ? "json" : "text" },
    };
  },

  *frames(answer, pieces) {
    yield event("open", "message_start", {
      message: { ...message(answer), content: [], ...ending(undefined), usage: startUsage(answer) },
    });
    yield event("open", "ping", {});
    let index = -1;
    let open: Piece["kind"] | undefined;
    for (const piece of pieces) {
      if (piece.kind !== open) {
        if (open !== undefined) yield* closed(open, index, "open");
        open = piece.kind;
        index++;
        yield event("open", "content_block_start", { index, content_block: block(open, "") });
      }
      const delta = open === "text" ? { type: "text_delta", text: piece.text } : { type: "thinking_delta", thinking: piece.text };
      yield event("delta", "content_block_delta", { index, delta });
    }
    if (open !== undefined) yield* closed(open, index, "end");
    yield event("end", "message_delta", { delta: { container: null, ...ending(answer.outcome) }, usage: deltaUsage(answer) });
    yield event("end", "message_stop", {});
  },

  whole: (answer) => ({ ...message(answer), ...ending(answer.outcome), usage: usage(answer) }),

  errorFrame: (status) => namedSse("error", refuse({ status }).body),
  refuse,
};

/** The API has no JSON mode without a schema: whoever wants JSON says so in words. */
const wantsJson = (body: Json): boolean => /\bvalid JSON\b/i.test(textOf(body.system));

const event = (kind: Frame["kind"], type: string, data: Json): Frame => ({ kind, data: namedSse(type, { type, ...data }) });

function* closed(block: Piece["kind"], index: number, kind: Frame["kind"]): Iterable<Frame> {
  if (block === "reasoning") {
    yield event(kind, "content_block_delta", { index, delta: { type: "signature_delta", signature: "c2ltdWxhdGVk" } });
  }
  yield event(kind, "content_block_stop", { index });
}

const block = (kind: Piece["kind"], text: string): Json =>
  kind === "text" ? { type: "text", text, citations: null } : { type: "thinking", thinking: text, signature: "" };

const message = (answer: Answer): Json => ({
  id: `msg_${answer.id}`,
  type: "message",
  role: "assistant",
  model: answer.model,
  content: [
    ...(answer.reasoning === "" ? [] : [block("reasoning", answer.reasoning)]),
    ...(answer.text === "" ? [] : [block("text", answer.text)]),
  ],
  container: null,
  diagnostics: null,
});

/** The Messages API knows no block apart from a refusal. */
const STOP_REASONS: Record<Outcome, string> = {
  completed: "end_turn",
  truncated: "max_tokens",
  refused: "refusal",
  blocked: "refusal",
  context_exceeded: "model_context_window_exceeded",
};

function ending(outcome: Outcome | undefined): Json {
  const refusal = {
    type: "refusal",
    category: "cyber",
    explanation: "This request touches a topic that the model does not help with.",
  };
  return {
    stop_reason: outcome === undefined ? null : STOP_REASONS[outcome],
    stop_sequence: null,
    stop_details: outcome === "refused" || outcome === "blocked" ? refusal : null,
  };
}

/** `input_tokens` leaves out what was read from and written to the cache. */
function deltaUsage({ usage: counts }: Answer): Json {
  return {
    input_tokens: counts.input_tokens - counts.cached_input_tokens - counts.cache_write_input_tokens,
    cache_creation_input_tokens: counts.cache_write_input_tokens,
    cache_read_input_tokens: counts.cached_input_tokens,
    output_tokens: counts.output_tokens,
    output_tokens_details: { thinking_tokens: counts.reasoning_output_tokens },
    server_tool_use: null,
  };
}

const usage = (answer: Answer): Json => ({
  ...deltaUsage(answer),
  cache_creation: { ephemeral_5m_input_tokens: answer.usage.cache_write_input_tokens, ephemeral_1h_input_tokens: 0 },
  service_tier: answer.serviceTier ?? "standard",
  speed: null,
  inference_geo: null,
});

/** At the start the prompt is counted, the answer not yet. */
const startUsage = (answer: Answer): Json => ({ ...usage(answer), output_tokens: 1, output_tokens_details: null });

const ERRORS: { [status: number]: readonly [type: string, message: string] } = {
  400: ["invalid_request_error", "messages: at least one message is required"],
  401: ["authentication_error", "invalid x-api-key"],
  402: ["billing_error", "Your credit balance is too low to access the Anthropic API."],
  403: ["permission_error", "Your API key does not have permission to use the specified resource."],
  404: ["not_found_error", "model: the requested model was not found"],
  408: ["timeout_error", "The request timed out."],
  413: ["request_too_large", "Request exceeds the maximum size"],
  422: ["invalid_request_error", "The request could not be processed."],
  429: ["rate_limit_error", "This request would exceed your organization's rate limit of input tokens per minute."],
  504: ["timeout_error", "The request timed out."],
  529: ["overloaded_error", "Overloaded"],
};

function refuse({ status, error, retry_after, message: words }: Refusal): ErrorReply {
  const [type, usual] = ERRORS[status] ?? ["api_error", "Internal server error"];
  const headers: { [name: string]: string } = retry_after === undefined ? {} : { "retry-after": String(retry_after) };
  const enforced = status === 429 && isSpent(error);
  const body = {
    type: "error",
    error: {
      type,
      message: words ?? special(status, error) ?? usual,
      ...(enforced ? { details: { error_code: "enforced_spend_limit_reached" } } : {}),
    },
    request_id: "req_simulated",
  };
  return { status, headers, body };
}

const isSpent = (error: Refusal["error"]): boolean => error === "quota_exhausted" || error === "spend_limit";

/** The one budget that Anthropic refuses with 429 is the monthly one of the organisation's tier; the others are a 400. */
function special(status: number, error: Refusal["error"]): string | undefined {
  if (error === "context_overflow") return "prompt is too long: 1204211 tokens > 1000000 maximum";
  if (status === 429 && isSpent(error)) return "Your organization has reached its enforced spend limit.";
  if (error === "quota_exhausted")
    return "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.";
  if (error !== "spend_limit") return undefined;
  return "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.";
}
