import type {
  RawMessageDeltaEvent,
  RawMessageStartEvent,
  RawMessageStreamEvent,
  RefusalStopDetails,
} from "@anthropic-ai/sdk/resources/messages";
import { type AttemptSink, type Completion, NO_USAGE, type Outcome, ProviderError, type Usage } from "./provider.ts";

/** Stop reasons that end an answer; `tool_use` and `pause_turn` would want another turn, and we offer no tools. */
const OUTCOME_OF_STOP_REASON: { readonly [stopReason: string]: Outcome } = {
  end_turn: "completed",
  stop_sequence: "completed",
  max_tokens: "truncated",
  refusal: "refused",
  model_context_window_exceeded: "context_exceeded",
};

/** One streamed answer of the Messages API: passes its pieces to the sink, keeps what the end of the stream is made of. */
export class ClaudeAnswer {
  readonly #sink: AttemptSink;
  readonly #requestId: string | undefined;
  #usage = NO_USAGE;
  #usageFinal = false;
  #model: string | undefined;
  #serviceTier: string | undefined;
  #stopReason: string | undefined;
  #detail: string | undefined;
  #stopped = false;

  constructor(sink: AttemptSink, requestId: string | undefined) {
    this.#sink = sink;
    this.#requestId = requestId;
  }

  /** True once `message_stop` came. */
  get stopped(): boolean {
    return this.#stopped;
  }

  take(event: RawMessageStreamEvent): void {
    switch (event.type) {
      case "content_block_delta":
        if (event.delta.type === "text_delta") this.#sink.text(event.delta.text);
        else if (event.delta.type === "thinking_delta") this.#sink.reasoning(event.delta.thinking);
        return;
      case "message_start":
        this.#start(event.message);
        return;
      case "message_delta":
        this.#delta(event);
        return;
      case "message_stop":
        this.#stopped = true;
    }
  }

  /** What the answer came to. Throws ProviderError `provider_upstream` when it ended in a way we did not ask for. */
  completion(): Completion {
    const outcome = OUTCOME_OF_STOP_REASON[this.#stopReason ?? ""];
    if (outcome === undefined) {
      const reason = this.#stopReason ?? "no stop reason";
      throw new ProviderError("provider_upstream", `Anthropic ended its answer with ${reason}, which was not asked for`, {
        requestId: this.#requestId,
      });
    }
    return {
      outcome,
      finish: this.#stopReason,
      detail: this.#detail,
      usage: this.#usage,
      usageFinal: this.#usageFinal,
      model: this.#model,
      serviceTier: this.#serviceTier,
      requestId: this.#requestId,
    };
  }

  #start(message: RawMessageStartEvent["message"]): void {
    this.#model = message.model;
    this.#serviceTier = message.usage.service_tier ?? undefined;
    this.#usage = usageOf(message.usage, NO_USAGE);
    this.#sink.answering({ model: message.model, requestId: this.#requestId });
    this.#sink.usage(this.#usage);
  }

  #delta({ delta, usage }: RawMessageDeltaEvent): void {
    this.#stopReason = delta.stop_reason ?? this.#stopReason;
    this.#detail = detailOf(delta.stop_details) ?? this.#detail;
    this.#usage = usageOf(usage, this.#usage);
    this.#usageFinal = true;
    this.#sink.usage(this.#usage);
  }
}

/**
 * Counts as `message_start` and `message_delta` carry them, cumulative; what is null keeps its last value. The vendor's
 * `input_tokens` leaves cached and cache-written tokens out, ours has them in
 * (https://platform.claude.com/docs/en/build-with-claude/prompt-caching).
 */
function usageOf(counts: RawMessageDeltaEvent["usage"] | RawMessageStartEvent["message"]["usage"], before: Usage): Usage {
  const cached = counts.cache_read_input_tokens ?? before.cached_input_tokens;
  const written = counts.cache_creation_input_tokens ?? before.cache_write_input_tokens;
  const uncached = counts.input_tokens ?? before.input_tokens - before.cached_input_tokens - before.cache_write_input_tokens;
  return {
    input_tokens: uncached + cached + written,
    cached_input_tokens: cached,
    cache_write_input_tokens: written,
    output_tokens: counts.output_tokens,
    reasoning_output_tokens: counts.output_tokens_details?.thinking_tokens ?? before.reasoning_output_tokens,
  };
}

function detailOf(details: RefusalStopDetails | null): string | undefined {
  const words = [details?.category, details?.explanation].filter((word) => word !== null && word !== undefined);
  return words.length === 0 ? undefined : words.join(": ");
}
