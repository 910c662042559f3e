import type { Usage } from "../src/providers/provider.ts";
import { cannedText } from "./canned-text.ts";
import type { Answer, Asked, Piece } from "./dialects/dialect.ts";
import { sampleJson } from "./sample-json.ts";
import type { Scenario } from "./scenario.ts";

const CHARS_PER_TOKEN = 4;
/** Shorter prompts are not cached by any vendor. */
const CACHED_FROM_TOKENS = 1024;
const DELTA_CHARS = 24;

/** How a canned answer flows, so that a person watching sees it come. */
export const CANNED_PACE: Scenario = { headers_ms: 60, first_ms: 250, delay_ms: 15 };

/** What to answer: the scenario's words and counts, and for all it leaves open what fits the question. */
export function answerTo(asked: Asked, scenario: Scenario | undefined, id: string): Answer {
  const canned = scenario === undefined ? cannedText(asked.prompt, asked.model) : undefined;
  const structured = asked.output.format === "text" ? undefined : JSON.stringify(structuredAnswer(asked.output));
  const text = (scenario?.text ?? structured ?? canned?.text ?? textOf(scenario)).repeat(scenario?.repeat ?? 1);
  const reasoning = scenario?.reasoning ?? (asked.thinking ? (canned?.reasoning ?? "") : "");
  const hidden = canned === undefined ? 0 : tokens(canned.reasoning) * 3;
  return {
    id,
    model: scenario?.model ?? asked.model,
    text,
    reasoning,
    usage: usageOf(asked, text, Math.max(tokens(reasoning), hidden), scenario?.usage),
    outcome: scenario?.outcome ?? "completed",
    serviceTier: scenario?.service_tier,
  };
}

/** The deltas of an answer: reasoning, then text, cut so that no surrogate pair is torn. */
export function* piecesOf(answer: Answer, deltaChars = DELTA_CHARS): Generator<Piece> {
  for (const kind of ["reasoning", "text"] as const) {
    const whole = answer[kind];
    for (let at = 0, end = 0; at < whole.length; at = end) {
      end = at + deltaChars;
      if (isLowSurrogate(whole.charCodeAt(end))) end++;
      yield { kind, text: whole.slice(at, end) };
    }
  }
}

const isLowSurrogate = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;
const tokens = (text: string): number => Math.ceil(text.length / CHARS_PER_TOKEN);

function structuredAnswer(output: Exclude<Asked["output"], { format: "text" }>): unknown {
  return output.format === "schema" ? sampleJson(output.schema) : { answer: "sample" };
}

/** An unscripted answer under a scenario; what a vendor blocks or refuses for context has no text unless it is scripted. */
function textOf(scenario: Scenario | undefined): string {
  if (scenario?.outcome === "blocked" || scenario?.outcome === "context_exceeded") return "";
  return scenario?.outcome === "refused" ? "I can't help with that." : "simulated answer";
}

function usageOf(asked: Asked, text: string, reasoningTokens: number, scripted: Partial<Usage> | undefined): Usage {
  const input = scripted?.input_tokens ?? tokens(asked.prompt) + tokens(asked.system) + 8;
  const reasoning = scripted?.reasoning_output_tokens ?? reasoningTokens;
  return {
    input_tokens: input,
    cached_input_tokens: scripted?.cached_input_tokens ?? (scripted === undefined ? cached(input) : 0),
    cache_write_input_tokens: scripted?.cache_write_input_tokens ?? 0,
    output_tokens: scripted?.output_tokens ?? tokens(text) + reasoning,
    reasoning_output_tokens: reasoning,
  };
}

const cached = (input: number): number => (input < CACHED_FROM_TOKENS ? 0 : Math.floor((input * 0.5) / 128) * 128);
