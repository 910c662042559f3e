import type { Outcome, Usage } from "../../src/providers/provider.ts";
import type { JournalEntry, Scenario } from "../scenario.ts";

/** A parsed JSON body of a caller: nothing about it is certain. */
export type Json = { [key: string]: unknown };

/** What a request asks for, whatever the vendor. */
export type Asked = {
  model: string;
  prompt: string;
  system: string;
  streamed: boolean;
  /** Whether the caller wants to see thinking. */
  thinking: boolean;
  output: { format: "text" } | { format: "json" } | { format: "schema"; schema: unknown };
};

/** What the vendor answers; each dialect tells it in its own words. */
export type Answer = {
  /** Unique; dialects prefix it in the vendor's manner. */
  id: string;
  model: string;
  text: string;
  reasoning: string;
  usage: Usage;
  outcome: Outcome;
  serviceTier: string | undefined;
};

/** A piece of the answer as it is streamed. */
export type Piece = { kind: "text" | "reasoning"; text: string };

/** One event of a stream: structure, a delta of the answer, or what ends the answer. */
export type Frame = { kind: "open" | "delta" | "end"; data: string };

/** Why a request is answered with an HTTP error; `message` replaces the vendor's usual words. */
export type Refusal = Pick<Scenario, "error" | "retry_after"> & { status: number; message?: string };
export type ErrorReply = { status: number; headers: { [name: string]: string }; body: unknown };

/** One vendor's wire format. */
export interface Dialect {
  readonly vendor: JournalEntry["vendor"];
  /** `path` has no query. */
  read(body: Json, path: string): Asked;
  /** A stream from its first event to its last. Pieces come in order: reasoning, then text. */
  frames(answer: Answer, pieces: Iterable<Piece>, body: Json): Iterable<Frame>;
  /** The body of an answer that is not streamed. */
  whole(answer: Answer): unknown;
  /** The event that breaks a stream off. */
  errorFrame(status: number): string;
  /** An event cut off in mid JSON. */
  readonly malformedFrame: string;
  refuse(refusal: Refusal): ErrorReply;
  /** Headers of an answer, or of an error when `answer` is undefined; `id` is unique. */
  headers(id: string, answer: Answer | undefined): { [name: string]: string };
  /** The outcomes that this vendor reports as an HTTP error instead. */
  readonly refusedOutcomes: readonly Outcome[];
}

export const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
export const asJson = (value: unknown): Json => (isJson(value) ? value : {});
export const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const asText = (value: unknown): string => (typeof value === "string" ? value : "");

/** The text of a message's content: a string, or a list of parts with a `text` each. */
export const textOf = (content: unknown): string =>
  typeof content === "string"
    ? content
    : asList(content)
        .map((part) => asText(asJson(part).text))
        .join("");

/** The last message of `role`, as text. */
export function lastMessage(messages: unknown, role: string, content = "content"): string {
  const last = asList(messages)
    .map(asJson)
    .findLast((message) => message.role === role);
  return textOf(last?.[content]);
}

export const sse = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;
export const namedSse = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
