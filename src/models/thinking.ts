import type { Thinking } from "../providers/provider.ts";
import type { Applied, ParameterWarning } from "./applied-parameter.ts";
import { type CatalogueModel, EFFORTS, type Effort, type ThinkingSupport } from "./catalogue-model.ts";

/** Up to so many tokens of thinking (1k = 1,024) count as this effort; above the last it is `max`. */
const EFFORT_UP_TO: readonly (readonly [tokens: number, effort: Effort])[] = [
  [2 * 1024, "low"],
  [8 * 1024, "medium"],
  [24 * 1024, "high"],
  [64 * 1024, "xhigh"],
];
/** What a thinking budget shall leave of the output limit for the answer itself, where both share one limit. */
const ANSWER_TOKENS = 1024;

/**
 * `max_thinking_budget` (tokens; 0 = do not think) as the model takes it: a budget where it takes one, else the nearest
 * effort it knows. `maxOutputTokens` is the limit that thinking and answer share.
 */
export function appliedThinking(
  model: CatalogueModel | undefined,
  asked: number | undefined,
  maxOutputTokens: number,
): Applied<Thinking | undefined> {
  if (asked === undefined) return { value: undefined };
  if (model === undefined) return dropped(asked, "the model is not in the catalogue");
  if (model.thinking === null) return asked === 0 ? { value: undefined } : dropped(asked, `${model.id} does not think`);
  if (asked === 0 && model.thinking.can_disable) return { value: "off" };
  if (model.thinking.budget !== undefined) return budget(model.id, model.thinking.budget, asked, maxOutputTokens);
  return asked === 0 ? weakest(model.id, model.thinking) : effort(model.id, model.thinking, asked);
}

const warning = (code: ParameterWarning["code"], asked: number, rest: string): ParameterWarning => ({
  code,
  message: `max_thinking_budget ${asked} was ${rest}.`,
});

const dropped = (asked: number, reason: string): Applied<undefined> => ({
  value: undefined,
  warning: warning("parameter_dropped", asked, `not sent: ${reason}`),
});

function budget(
  id: string,
  range: NonNullable<ThinkingSupport["budget"]>,
  asked: number,
  maxOutputTokens: number,
): Applied<Thinking | undefined> {
  if (range.max === null && maxOutputTokens <= range.min) {
    return dropped(asked, `${id} thinks with at least ${range.min} tokens, and max_output_tokens is ${maxOutputTokens}`);
  }
  const max = range.max ?? Math.max(range.min, maxOutputTokens - ANSWER_TOKENS);
  const tokens = Math.max(range.min, Math.min(asked, max));
  if (tokens === asked) return { value: { budget_tokens: tokens } };
  const why = range.max === null && tokens === max ? ` under max_output_tokens ${maxOutputTokens}` : "";
  return {
    value: { budget_tokens: tokens },
    warning: warning("parameter_clamped", asked, `sent as a budget of ${tokens}: ${id} takes ${range.min} to ${max}${why}`),
  };
}

function weakest(id: string, { efforts }: ThinkingSupport): Applied<Thinking | undefined> {
  const [lowest] = efforts;
  if (lowest === undefined) return dropped(0, `${id} cannot stop thinking`);
  return {
    value: { effort: lowest },
    warning: warning("parameter_clamped", 0, `sent as effort "${lowest}": ${id} cannot stop thinking`),
  };
}

function effort(id: string, { efforts }: ThinkingSupport, asked: number): Applied<Thinking | undefined> {
  const wanted = EFFORT_UP_TO.find(([tokens]) => asked <= tokens)?.[1] ?? "max";
  const rank = EFFORTS.indexOf(wanted);
  const sent = efforts.findLast((each) => EFFORTS.indexOf(each) <= rank) ?? efforts[0];
  if (sent === undefined) return dropped(asked, `${id} takes neither a budget nor an effort`);
  const isClamped = sent !== wanted;
  const reason = isClamped ? `${id} takes no "${wanted}"` : `${id} takes an effort instead of a budget`;
  return {
    value: { effort: sent },
    warning: warning(isClamped ? "parameter_clamped" : "parameter_mapped", asked, `sent as effort "${sent}": ${reason}`),
  };
}
