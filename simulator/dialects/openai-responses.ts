import type { Answer, Dialect, Frame, Json, Piece } from "./dialect.ts";
import { asJson, asText, lastMessage, namedSse, textOf } from "./dialect.ts";
import { refuseLikeOpenAi } from "./openai-errors.ts";

/** OpenAI Responses: events and bodies as `openai` 7.57 types and decodes them (`resources/responses/responses.d.ts`). */
export const openaiResponses: Dialect = {
  vendor: "openai",
  refusedOutcomes: [],
  headers: (id) => ({ "x-request-id": `req_${id}`, "openai-version": "2020-10-01", "openai-processing-ms": "12" }),
  malformedFrame: 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"cut\n\n',

  read(body) {
    const format = asJson(asJson(body.text).format);
    const input = body.input;
    return {
      model: asText(body.model),
      prompt: typeof input === "string" ? input : lastMessage(input, "user"),
      system: textOf(body.instructions),
      streamed: body.stream === true,
      thinking: asText(asJson(body.reasoning).summary) !== "",
      output:
        format.type === "json_schema"
          ? { format: "schema", schema: format.schema }
          : { format: format.type === "json_object" ? "json" : "text" },
    };
  },

  *frames(answer, pieces) {
    let sequence = 0;
    const event = (kind: Frame["kind"], type: string, data: Json): Frame => ({
      kind,
      data: namedSse(type, { type, sequence_number: sequence++, ...data }),
    });
    yield event("open", "response.created", { response: response(answer, "in_progress") });
    yield event("open", "response.in_progress", { response: response(answer, "in_progress") });
    let index = -1;
    let open: Item | undefined;
    for (const { kind, text } of pieces) {
      if (open?.kind !== kind) {
        if (open !== undefined) yield* closed(event, "open", open);
        open = { kind, index: ++index, answer };
        yield* opened(event, open);
      }
      yield event("delta", `${names(open).part}.delta`, { ...place(open), delta: text });
    }
    if (open !== undefined) yield* closed(event, "end", open);
    const status = statusOf(answer);
    yield event("end", `response.${status}`, { response: response(answer, status) });
  },

  whole: (answer) => response(answer, statusOf(answer)),

  errorFrame(status) {
    const { code, message } = asJson(asJson(refuseLikeOpenAi({ status }).body).error);
    return namedSse("error", { type: "error", code: code ?? "server_error", message, param: null, sequence_number: 99 });
  },
  refuse: refuseLikeOpenAi,
};

type Item = { kind: Piece["kind"]; index: number; answer: Answer };
type MakeEvent = (kind: Frame["kind"], type: string, data: Json) => Frame;

/** A refusal is a content part of its own kind, with events of its own. */
const isRefusal = ({ kind, answer }: Item): boolean => kind === "text" && answer.outcome === "refused";

function names(item: Item): { part: string; field: string; type: string } {
  if (item.kind === "reasoning") return { part: "response.reasoning_summary_text", field: "text", type: "summary_text" };
  if (isRefusal(item)) return { part: "response.refusal", field: "refusal", type: "refusal" };
  return { part: "response.output_text", field: "text", type: "output_text" };
}

const idOf = ({ kind, answer }: Item): string => `${kind === "text" ? "msg" : "rs"}_${answer.id}`;
const place = (item: Item): Json => ({
  item_id: idOf(item),
  output_index: item.index,
  ...(item.kind === "text" ? { content_index: 0 } : { summary_index: 0 }),
});

function part(item: Item, text: string): Json {
  const { field, type } = names(item);
  return { type, [field]: text, ...(type === "output_text" ? { annotations: [], logprobs: [] } : {}) };
}

function outputItem(item: Item, status: string, text: string | undefined): Json {
  const parts = text === undefined ? [] : [part(item, text)];
  return item.kind === "reasoning"
    ? { id: idOf(item), type: "reasoning", summary: parts }
    : { id: idOf(item), type: "message", role: "assistant", status, content: parts };
}

const partEvent = (item: Item): string => (item.kind === "text" ? "response.content_part" : "response.reasoning_summary_part");

function* opened(event: MakeEvent, item: Item): Iterable<Frame> {
  yield event("open", "response.output_item.added", {
    output_index: item.index,
    item: outputItem(item, "in_progress", undefined),
  });
  yield event("open", `${partEvent(item)}.added`, { ...place(item), part: part(item, "") });
}

function* closed(event: MakeEvent, kind: Frame["kind"], item: Item): Iterable<Frame> {
  const text = item.kind === "text" ? item.answer.text : item.answer.reasoning;
  yield event(kind, `${names(item).part}.done`, { ...place(item), [names(item).field]: text });
  yield event(kind, `${partEvent(item)}.done`, { ...place(item), part: part(item, text) });
  yield event(kind, "response.output_item.done", { output_index: item.index, item: outputItem(item, "completed", text) });
}

function statusOf({ outcome }: Answer): "completed" | "incomplete" | "failed" {
  if (outcome === "truncated") return "incomplete";
  return outcome === "context_exceeded" || outcome === "blocked" ? "failed" : "completed";
}

function response(answer: Answer, status: "in_progress" | "completed" | "incomplete" | "failed"): Json {
  const ended = status !== "in_progress";
  return {
    id: `resp_${answer.id}`,
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    status,
    model: answer.model,
    output: ended ? output(answer) : [],
    error: status === "failed" ? failureOf(answer) : null,
    incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" } : null,
    service_tier: ended ? (answer.serviceTier ?? "default") : "auto",
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: "auto",
    tools: [],
    top_p: null,
    usage: ended ? usage(answer) : null,
  };
}

const failureOf = ({ outcome }: Answer): Json =>
  outcome === "blocked"
    ? { code: "bio_policy", message: "This request was blocked under our policy on biological risks." }
    : { code: "context_length_exceeded", message: "Your input exceeds the context window of this model." };

function output(answer: Answer): Json[] {
  const items: Json[] = [];
  if (answer.reasoning !== "") items.push(outputItem({ kind: "reasoning", index: 0, answer }, "completed", answer.reasoning));
  if (answer.text !== "") items.push(outputItem({ kind: "text", index: items.length, answer }, "completed", answer.text));
  return items;
}

/** `input_tokens` is the whole prompt, `output_tokens` includes reasoning. */
const usage = ({ usage: counts }: Answer): Json => ({
  input_tokens: counts.input_tokens,
  input_tokens_details: {
    cached_tokens: counts.cached_input_tokens,
    cache_write_tokens: counts.cache_write_input_tokens,
    cache_write_tokens_details: { ttl_30m_tokens: counts.cache_write_input_tokens, ttl_12h_tokens: 0 },
  },
  output_tokens: counts.output_tokens,
  output_tokens_details: { reasoning_tokens: counts.reasoning_output_tokens },
  total_tokens: counts.input_tokens + counts.output_tokens,
});
