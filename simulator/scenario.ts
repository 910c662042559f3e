import type { Outcome, Usage } from "../src/providers/provider.ts";

/**
 * What a simulated vendor shall do with one request. A prompt carries it on a line of its own, or else the system text does, so
 * that tests, people with curl and benchmarks script the vendor through every layer without a side channel:
 *
 *     @simulate {"text":"hello","delay_ms":50}
 *     @simulate [{"status":503},{"text":"second call succeeds"}]
 *
 * A list is played call by call (counted per distinct prompt, for which the repair of its answer is another call), its last
 * entry for all further calls. Without the line the vendor answers with a canned text.
 */
export type Scenario = {
  /** The answer. */
  text?: string;
  /** The answer is `text` so many times over; default 1. Long answers need no long prompt. */
  repeat?: number;
  /** Visible thinking, streamed before the answer. */
  reasoning?: string;
  /** Characters per streamed delta; default 24. */
  delta_chars?: number;
  /** Cut the HTTP body into writes of this many bytes whatever the character boundaries; default: one write per event. */
  split_bytes?: number;
  /** Milliseconds before the headers are sent. */
  headers_ms?: number;
  /** Milliseconds between the headers and the first delta. */
  first_ms?: number;
  /** Milliseconds between deltas. */
  delay_ms?: number;
  /** The model named in the answer; default: the one asked for. */
  model?: string;
  /** The service tier echoed; default: none. */
  service_tier?: string;
  /** Token counts reported, in our meaning (`input_tokens` is the whole prompt); each vendor's own fields are derived. */
  usage?: Partial<Usage>;
  /** How the vendor ends the answer; default `completed`. */
  outcome?: Outcome;
  /**
   * Answer with this HTTP status and the vendor's own error body instead of a stream. Together with an `error_event` fault
   * it says which error breaks the stream instead (529 overloaded, 429 rate limit; default 500).
   */
  status?: number;
  /** Which of the errors that share the status (429: rate limit, quota, spend limit; 400: plain or context overflow). */
  error?: "quota_exhausted" | "spend_limit" | "context_overflow";
  /** Retry-After in seconds, in whatever way the vendor says it (header, or RetryInfo for Gemini). */
  retry_after?: number;
  /**
   * Break the stream after so many deltas: an error event of the vendor, a clean end without the terminal event, a lost
   * connection, an event that is not JSON and then silence, or silence at once (both until the client leaves). Copilot: `drop`, `close`, `malformed` and
   * `hang` keep the task but break the answer to its creation; `error_event` lets so many polls pass, then one fails (`status`).
   */
  fault?: { kind: "error_event" | "close" | "drop" | "malformed" | "hang"; after: number };
  /** Copilot only: what the session has cost, in 10^-9 AI credits; default 1.25 credits. */
  nano_credits?: number;
  /** Copilot only: polls that answer `in_progress` before the end (default 1), and the state the task ends in. */
  polls?: number;
  state?: "completed" | "failed" | "timed_out" | "cancelled" | "waiting_for_user" | "idle";
};

/** One request as the simulator saw it, in the order of arrival. `GET /__simulator/journal` lists them. */
export type JournalEntry = {
  /** 1, 2, 3 … since the simulator started. */
  number: number;
  vendor: "anthropic" | "openai" | "openai-chat" | "google" | "github";
  method: string;
  path: string;
  model: string;
  prompt: string;
  /** The parsed request body, whole. */
  body: unknown;
  headers: { [name: string]: string };
  /** Milliseconds since the epoch. */
  arrived_at: number;
  /** Null while the answer is still being sent. */
  ended_at: number | null;
  /** `answered`: sent to its end; `aborted`: the client closed the connection first; `broken`: the fault of the scenario. */
  ended_by: "answered" | "aborted" | "broken" | null;
  status: number | null;
};
