import { type ChatCounts, usageOfChat } from "./openai-usage.ts";
import { type AttemptSink, type Completion, NO_USAGE, type Outcome, ProviderError } from "./provider.ts";

/** A chunk of Chat Completions as servers really send it: nothing in it can be relied on. */
export type LooseChunk = {
  id?: unknown;
  model?: unknown;
  service_tier?: unknown;
  choices?: ReadonlyArray<LooseChoice> | null;
  usage?: ChatCounts | null;
} | null;

type LooseChoice = {
  finish_reason?: unknown;
  /** `reasoning_content` is what vLLM, llama.cpp and DeepSeek write, `reasoning` what OpenRouter and Ollama do. */
  delta?: { content?: unknown; reasoning_content?: unknown; reasoning?: unknown; refusal?: unknown } | null;
};

/** `finish_reason`; words that are not listed (`stop`, `eos`, `tool_calls`, …) end a completed answer. */
const OUTCOME_OF_FINISH: { readonly [finish: string]: Outcome } = {
  length: "truncated",
  content_filter: "blocked",
};

/** One streamed answer of a Chat Completions endpoint: passes its pieces to the sink, keeps what its end is made of. */
export class CompatibleAnswer {
  readonly #vendor: string;
  readonly #sink: AttemptSink;
  #requestId: string | undefined;
  #model: string | undefined;
  #serviceTier: string | undefined;
  #finish: string | undefined;
  #refusal = "";
  #usage = NO_USAGE;
  #usageFinal = false;

  constructor(vendor: string, sink: AttemptSink, requestId: string | undefined) {
    this.#vendor = vendor;
    this.#sink = sink;
    this.#requestId = requestId;
  }

  /** True once a `finish_reason` came. What follows it (usage, `[DONE]`) may be missing. */
  get finished(): boolean {
    return this.#finish !== undefined;
  }

  take(chunk: LooseChunk): void {
    if (typeof chunk !== "object" || chunk === null) return;
    this.#introduce(chunk);
    const choice = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
    if (choice !== undefined) this.#choose(choice);
    if (chunk.usage) {
      this.#usage = usageOfChat(chunk.usage);
      this.#usageFinal = this.finished;
      this.#sink.usage(this.#usage);
    }
  }

  /** What the answer came to. Throws ProviderError `provider_upstream` when the server says that it failed. */
  completion(): Completion {
    if (this.#finish === "error") {
      throw new ProviderError("provider_upstream", `${this.#vendor} ended its answer with an error it does not explain`, {
        requestId: this.#requestId,
      });
    }
    const outcome = OUTCOME_OF_FINISH[this.#finish ?? ""] ?? (this.#refusal === "" ? "completed" : "refused");
    return {
      outcome,
      finish: this.#finish,
      detail: this.#refusal === "" ? undefined : this.#refusal,
      usage: this.#usage,
      usageFinal: this.#usageFinal,
      model: this.#model,
      serviceTier: this.#serviceTier,
      requestId: this.#requestId,
    };
  }

  #introduce(chunk: NonNullable<LooseChunk>): void {
    this.#serviceTier = textOf(chunk.service_tier) ?? this.#serviceTier;
    const model = textOf(chunk.model);
    if (model === undefined || model === this.#model) return;
    this.#model = model;
    this.#requestId ??= textOf(chunk.id);
    this.#sink.answering({ model, requestId: this.#requestId });
  }

  #choose({ delta, finish_reason }: LooseChoice): void {
    const reasoning = textOf(delta?.reasoning_content) ?? textOf(delta?.reasoning);
    if (reasoning !== undefined) this.#sink.reasoning(reasoning);
    const content = textOf(delta?.content);
    if (content !== undefined) this.#sink.text(content);
    this.#refusal += textOf(delta?.refusal) ?? "";
    this.#finish = textOf(finish_reason) ?? this.#finish;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
