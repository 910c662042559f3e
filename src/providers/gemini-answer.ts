import type { Candidate, GenerateContentResponse, GenerateContentResponseUsageMetadata } from "@google/genai/web";
import { type AttemptSink, type Completion, NO_USAGE, type Outcome, ProviderError, type Usage } from "./provider.ts";

/** Finish reasons that end an answer; the others (malformed calls, `OTHER`, …) are the vendor's failure. */
const OUTCOME_OF_FINISH_REASON: { readonly [finishReason: string]: Outcome } = {
  STOP: "completed",
  MAX_TOKENS: "truncated",
  SAFETY: "blocked",
  RECITATION: "blocked",
  BLOCKLIST: "blocked",
  PROHIBITED_CONTENT: "blocked",
  SPII: "blocked",
};

/** One streamed answer of `streamGenerateContent`: passes its pieces to the sink, keeps what the end is made of. */
export class GeminiAnswer {
  readonly #sink: AttemptSink;
  readonly #serviceTier: string | undefined;
  #started = false;
  #usage = NO_USAGE;
  #usageFinal = false;
  #model: string | undefined;
  #requestId: string | undefined;
  #trafficType: string | undefined;
  #finish: string | undefined;
  #blocked = false;
  #detail: string | undefined;

  /** `serviceTier` as the response header `x-gemini-service-tier` says it. */
  constructor(sink: AttemptSink, serviceTier: string | undefined) {
    this.#sink = sink;
    this.#serviceTier = serviceTier;
  }

  /** True once a finish or block reason came: the stream has no terminal event of its own. */
  get ended(): boolean {
    return this.#finish !== undefined;
  }

  get requestId(): string | undefined {
    return this.#requestId;
  }

  take(chunk: GenerateContentResponse): void {
    if (!this.#started) this.#start(chunk);
    const candidate = chunk.candidates?.[0];
    if (candidate !== undefined) this.#candidate(candidate);
    const blockReason = chunk.promptFeedback?.blockReason;
    if (blockReason !== undefined) {
      this.#finish = blockReason;
      this.#blocked = true;
      this.#detail = chunk.promptFeedback?.blockReasonMessage;
    }
    if (chunk.usageMetadata !== undefined) this.#count(chunk.usageMetadata);
  }

  /** What the answer came to. Throws ProviderError `provider_upstream` when it ended in a way we did not ask for. */
  completion(): Completion {
    const outcome = this.#blocked ? "blocked" : OUTCOME_OF_FINISH_REASON[this.#finish ?? ""];
    if (outcome === undefined) {
      throw new ProviderError("provider_upstream", `Google ended its answer with ${this.#finish}`, {
        requestId: this.#requestId,
      });
    }
    return {
      outcome,
      finish: this.#finish,
      detail: this.#detail,
      usage: this.#usage,
      usageFinal: this.#usageFinal,
      model: this.#model,
      serviceTier: this.#serviceTier ?? tierOf(this.#trafficType),
      requestId: this.#requestId,
    };
  }

  #start(chunk: GenerateContentResponse): void {
    this.#started = true;
    this.#model = chunk.modelVersion;
    this.#requestId = chunk.responseId;
    this.#sink.answering({ model: chunk.modelVersion, requestId: chunk.responseId });
  }

  #candidate(candidate: Candidate): void {
    for (const part of candidate.content?.parts ?? []) {
      if (part.text === undefined || part.text === "") continue;
      if (part.thought === true) this.#sink.reasoning(part.text);
      else this.#sink.text(part.text);
    }
    if (candidate.finishReason === undefined) return;
    this.#finish = candidate.finishReason;
    const blockedBy = (candidate.safetyRatings ?? []).filter((rating) => rating.blocked === true);
    if (blockedBy.length > 0) this.#detail = blockedBy.map((rating) => rating.category).join(", ");
  }

  /** Only the counts that come with the end, or after it, are the whole answer's. */
  #count(counts: GenerateContentResponseUsageMetadata): void {
    this.#usage = usageOf(counts);
    this.#usageFinal = this.ended;
    this.#trafficType = counts.trafficType ?? this.#trafficType;
    this.#sink.usage(this.#usage);
  }
}

/**
 * `promptTokenCount` has the cached tokens in but not the results of tools, `candidatesTokenCount` leaves thinking out
 * (https://ai.google.dev/api/generate-content#UsageMetadata).
 */
function usageOf(counts: GenerateContentResponseUsageMetadata): Usage {
  const reasoning = counts.thoughtsTokenCount ?? 0;
  return {
    input_tokens: (counts.promptTokenCount ?? 0) + (counts.toolUsePromptTokenCount ?? 0),
    cached_input_tokens: counts.cachedContentTokenCount ?? 0,
    cache_write_input_tokens: 0,
    output_tokens: (counts.candidatesTokenCount ?? 0) + reasoning,
    reasoning_output_tokens: reasoning,
  };
}

/** `ON_DEMAND_PRIORITY` → `priority`, `ON_DEMAND` → `standard`. */
function tierOf(trafficType: string | undefined): string | undefined {
  return trafficType === "ON_DEMAND" ? "standard" : trafficType?.replace(/^ON_DEMAND_/, "").toLowerCase();
}
