import type { FailureCode } from "../errors.ts";

export const PROVIDER_IDS = ["claude", "gemini", "codex", "copilot", "compatible"] as const;
export type ProviderId = (typeof PROVIDER_IDS)[number];

/**
 * Token counts in one meaning for every vendor: `input_tokens` is the whole prompt, cached and cache-written parts
 * included; `output_tokens` includes thinking; the others are parts of those two.
 */
export type Usage = {
  input_tokens: number;
  cached_input_tokens: number;
  cache_write_input_tokens: number;
  output_tokens: number;
  reasoning_output_tokens: number;
};

/** How hard the model shall think: an effort word for models that take one, a token budget for those that take that. */
export type Thinking = { effort: "minimal" | "low" | "medium" | "high" | "xhigh" | "max" } | { budget_tokens: number } | "off";

/** Where a `copilot` task works. */
export type Repository = {
  owner: string;
  name: string;
  base_ref?: string | undefined;
  create_pull_request?: boolean | undefined;
};

export type JsonSchema = { [key: string]: unknown };

/**
 * One call to one vendor. Parameters are already those that the model accepts (`models/parameters.ts` dropped or mapped
 * the rest and said so in warnings): an adapter translates them and decides nothing.
 */
export type ProviderRequest = {
  /** No other task of the deployment has it. */
  taskId: string;
  /** 1, 2, 3 … within the task. */
  attempt: number;
  /** The vendor's own model id. Empty for `copilot` when the vendor shall choose. */
  model: string;
  prompt: string;
  system: string | undefined;
  maxOutputTokens: number;
  temperature: number | undefined;
  thinking: Thinking | undefined;
  /** `text`, any JSON value, or JSON that fits `schema`. */
  output: { format: "text" } | { format: "json" } | { format: "schema"; schema: JsonSchema };
  repository: Repository | undefined;
};

/** Receives a stream as it arrives. Every method is synchronous and never throws. */
export interface AttemptSink {
  /** A piece of the answer. Pieces concatenate to the output. */
  text(delta: string): void;
  /** A piece of the model's visible thinking (or its summary). */
  reasoning(delta: string): void;
  /** Everything counted so far; each call replaces the one before. */
  usage(usage: Usage): void;
  /** What the vendor said about the answer, as soon as it is known. */
  answering(info: { model?: string | undefined; requestId?: string | undefined }): void;
}

export const OUTCOMES = ["completed", "truncated", "refused", "blocked", "context_exceeded"] as const;
/** How a vendor ended an answer that did reach its terminal marker. */
export type Outcome = (typeof OUTCOMES)[number];

/** The end of a stream that reached its terminal marker. The text went through the sink. */
export type Completion = {
  outcome: Outcome;
  /** The vendor's own word for `outcome` (stop_reason, finishReason, incomplete reason). */
  finish: string | undefined;
  /** Why it was refused or blocked, in the vendor's words. */
  detail: string | undefined;
  usage: Usage;
  /** False when the vendor ended without its final counts. */
  usageFinal: boolean;
  /** The model that really answered; undefined when the vendor did not say. */
  model: string | undefined;
  /** As echoed by the vendor ("standard", "priority", "flex", …); prices depend on it. */
  serviceTier: string | undefined;
  requestId: string | undefined;
  /** Set by vendors that bill in money or credits instead of tokens; else the price table decides. */
  costNanos?: number | undefined;
};

/** A call that failed. `free` is true only when the vendor refused over HTTP before any stream began: then nothing is owed. */
export class ProviderError extends Error {
  readonly code: FailureCode;
  readonly free: boolean;
  /** The vendor's Retry-After in milliseconds, when it gave one. */
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;

  constructor(
    code: FailureCode,
    message: string,
    options: { free?: boolean; retryAfterMs?: number | undefined; requestId?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "ProviderError";
    this.code = code;
    this.free = options.free ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.requestId = options.requestId;
  }
}

/**
 * A vendor that answers while we listen. `stream` resolves when the terminal marker came, and throws ProviderError
 * otherwise (`truncated_stream` when the stream ended without it). It never retries. When `signal` aborts it closes the
 * connection and rejects with whatever it likes: the caller knows why it aborted.
 */
export interface StreamingProvider {
  readonly kind: "streaming";
  stream(request: ProviderRequest, sink: AttemptSink, signal: AbortSignal): Promise<Completion>;
}

/** What a vendor's own task looks like at one poll. */
export type PollOutcome =
  | { state: "running"; usage: Usage; costNanos: number | null; model: string | undefined }
  | { state: "ended"; output: string; completion: Completion }
  | { state: "failed"; error: ProviderError; usage: Usage; costNanos: number | null; model: string | undefined };

/**
 * A vendor that works on its own (GitHub's agent tasks): `create` returns the handle that `poll` asks by. After an
 * interrupted `create`, `find` looks for a task that an earlier create of this attempt may have left. Both throw ProviderError.
 */
export interface PollingProvider {
  readonly kind: "polling";
  create(request: ProviderRequest, signal: AbortSignal): Promise<string>;
  find(request: ProviderRequest, signal: AbortSignal): Promise<string | undefined>;
  poll(handle: string, request: ProviderRequest, signal: AbortSignal): Promise<PollOutcome>;
}

export type Provider = StreamingProvider | PollingProvider;

export const NO_USAGE: Usage = {
  input_tokens: 0,
  cached_input_tokens: 0,
  cache_write_input_tokens: 0,
  output_tokens: 0,
  reasoning_output_tokens: 0,
};
