import type { Response, ResponseStreamEvent } from "openai/resources/responses/responses";
import { codeWithoutStatus, errorInStream } from "./openai-errors.ts";
import { usageOfResponse } from "./openai-usage.ts";
import { type AttemptSink, type Completion, NO_USAGE, type Outcome, ProviderError } from "./provider.ts";

/** `incomplete_details.reason`; `steered` needs a socket that we do not open. */
const OUTCOME_OF_REASON: { readonly [reason: string]: Outcome } = {
  max_output_tokens: "truncated",
  max_messages: "truncated",
  content_filter: "refused",
};

/** One streamed answer of the Responses API: passes its pieces to the sink, keeps what the end of the stream is made of. */
export class CodexAnswer {
  readonly #sink: AttemptSink;
  readonly #requestId: string | undefined;
  /** Items of text that the model wrote on its way to the answer; they are no part of it. */
  readonly #commentary = new Set<string>();
  #hasReasoned = false;
  #refusal = "";
  #end: Response | undefined;

  constructor(sink: AttemptSink, requestId: string | undefined) {
    this.#sink = sink;
    this.#requestId = requestId;
  }

  /** True once `response.completed`, `.incomplete` or `.failed` came. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** Throws ProviderError for an `error` event. */
  take(event: ResponseStreamEvent): void {
    switch (event.type) {
      case "response.created":
        this.#sink.answering({ model: event.response.model, requestId: this.#requestId ?? event.response.id });
        break;
      case "response.output_item.added":
        if (event.item.type === "message" && event.item.phase === "commentary") this.#commentary.add(event.item.id);
        break;
      case "response.output_text.delta":
        if (this.#commentary.has(event.item_id)) this.#reason(event.delta);
        else this.#sink.text(event.delta);
        break;
      case "response.reasoning_summary_part.added":
        if (this.#hasReasoned) this.#reason("\n\n");
        break;
      case "response.reasoning_summary_text.delta":
      case "response.reasoning_text.delta":
        this.#reason(event.delta);
        break;
      case "response.refusal.delta":
        this.#refusal += event.delta;
        break;
      case "response.refusal.done":
        this.#refusal = event.refusal;
        break;
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
        this.#finish(event.response);
        break;
      case "error":
        throw errorInStream("OpenAI", event, { requestId: this.#requestId });
    }
  }

  /** What the answer came to, once it has ended. Throws ProviderError when the vendor says that it failed. */
  completion(): Completion {
    const end = this.#end;
    if (end === undefined) throw new Error("the answer has not ended");
    const { outcome, finish, detail } = this.#outcomeOf(end);
    return {
      outcome,
      finish,
      detail,
      usage: end.usage ? usageOfResponse(end.usage) : NO_USAGE,
      usageFinal: Boolean(end.usage),
      model: end.model,
      serviceTier: end.service_tier ?? undefined,
      requestId: this.#requestId ?? end.id,
    };
  }

  #outcomeOf(end: Response): Pick<Completion, "outcome" | "finish" | "detail"> {
    if (end.status === "failed") return this.#failed(end);
    const reason = end.status === "incomplete" ? end.incomplete_details?.reason : undefined;
    if (reason !== undefined) {
      const outcome = OUTCOME_OF_REASON[reason];
      if (outcome !== undefined) return { outcome, finish: reason, detail: this.#refusal || undefined };
      throw new ProviderError("provider_upstream", `OpenAI ended its answer with ${reason}, which was not asked for`, {
        requestId: this.#requestId,
      });
    }
    if (this.#refusal !== "") return { outcome: "refused", finish: "refusal", detail: this.#refusal };
    return { outcome: end.status === "incomplete" ? "truncated" : "completed", finish: end.status, detail: undefined };
  }

  /** A prompt that is too long or against the vendor's policies is an outcome; other failures are errors. */
  #failed(end: Response): Pick<Completion, "outcome" | "finish" | "detail"> {
    const error = end.error ?? { message: "no explanation" };
    const code = codeWithoutStatus(error);
    if (code === "context_exceeded" || code === "blocked") {
      return { outcome: code, finish: end.error?.code, detail: error.message };
    }
    throw errorInStream("OpenAI", error, { requestId: this.#requestId });
  }

  #reason(delta: string): void {
    this.#hasReasoned = true;
    this.#sink.reasoning(delta);
  }

  #finish(response: Response): void {
    this.#end = response;
    if (response.usage) this.#sink.usage(usageOfResponse(response.usage));
    this.#sink.answering({ model: response.model });
  }
}
