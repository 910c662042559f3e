import type { ProviderId, Thinking } from "../providers/provider.ts";
import type { Applied, ParameterWarning } from "./applied-parameter.ts";
import type { CatalogueModel } from "./catalogue-model.ts";
import { appliedThinking } from "./thinking.ts";

/** What the caller asked for, in the API's names. */
export type ParameterAsk = {
  temperature?: number | undefined;
  max_output_tokens?: number | undefined;
  max_thinking_budget?: number | undefined;
  output_json?: boolean | undefined;
  output_schema?: unknown;
};

/** What is sent, and one warning for every difference from what was asked. */
export type AppliedParameters = {
  maxOutputTokens: number;
  temperature: number | undefined;
  thinking: Thinking | undefined;
  warnings: readonly ParameterWarning[];
};

/** A limit is always sent, since reservations count on it. */
const DEFAULT_OUTPUT_TOKENS = 8192;
/** OpenAI's Responses API answers 400 below it (https://github.com/earendil-works/pi/issues/6265). */
const MIN_OUTPUT_TOKENS_CODEX = 16;
/** The scale of `temperature` ends at 1 at Anthropic (https://platform.claude.com/docs/en/api/messages) and at 2 elsewhere. */
const MAX_TEMPERATURE: { readonly [provider in ProviderId]: number } = {
  claude: 1,
  gemini: 2,
  codex: 2,
  copilot: 2,
  compatible: 2,
};

/**
 * Fits what was asked to what the model accepts. `model` is undefined for models that the catalogue does not describe
 * (all of `compatible`): they get `temperature` and the output limit as asked.
 */
export function applyParameters(model: CatalogueModel | undefined, provider: ProviderId, ask: ParameterAsk): AppliedParameters {
  if (provider === "copilot") return copilotParameters(ask);
  const described = provider === "compatible" ? undefined : model;
  const output = outputLimit(described, provider, ask.max_output_tokens);
  const thinking = appliedThinking(described, ask.max_thinking_budget, output.value);
  const temperature = appliedTemperature(described, provider, ask.temperature, thinking.value);
  return {
    maxOutputTokens: output.value,
    temperature: temperature.value,
    thinking: thinking.value,
    warnings: [output.warning, thinking.warning, temperature.warning].filter((warning) => warning !== undefined),
  };
}

const COPILOT_IGNORES = ["temperature", "max_output_tokens", "max_thinking_budget", "output_json", "output_schema"] as const;

function copilotParameters(ask: ParameterAsk): AppliedParameters {
  const given = COPILOT_IGNORES.filter((name) => ask[name] !== undefined && ask[name] !== false);
  return {
    maxOutputTokens: DEFAULT_OUTPUT_TOKENS,
    temperature: undefined,
    thinking: undefined,
    warnings: given.map((name) => ({
      code: "parameter_dropped",
      message: `${name} was not sent: copilot's agent tasks take no such parameter.`,
    })),
  };
}

function outputLimit(model: CatalogueModel | undefined, provider: ProviderId, asked: number | undefined): Applied<number> {
  const max = model?.max_output_tokens ?? Number.POSITIVE_INFINITY;
  if (asked === undefined) return { value: Math.min(DEFAULT_OUTPUT_TOKENS, max) };
  const min = provider === "codex" ? MIN_OUTPUT_TOKENS_CODEX : 1;
  const value = Math.max(min, Math.min(asked, max));
  if (value === asked) return { value };
  const limit = value < asked ? "at most" : "at least";
  const message = `max_output_tokens ${asked} was sent as ${value}: ${model?.id ?? provider} takes ${limit} ${value}.`;
  return { value, warning: { code: "parameter_clamped", message } };
}

function appliedTemperature(
  model: CatalogueModel | undefined,
  provider: ProviderId,
  asked: number | undefined,
  thinking: Thinking | undefined,
): Applied<number | undefined> {
  if (asked === undefined) return { value: undefined };
  const obstacle = model === undefined ? undefined : temperatureObstacle(model, thinking);
  if (obstacle !== undefined) {
    const message = `temperature ${asked} was not sent: ${obstacle}.`;
    return { value: undefined, warning: { code: "parameter_dropped", message } };
  }
  const max = MAX_TEMPERATURE[provider];
  if (asked <= max) return { value: asked };
  const message = `temperature ${asked} was sent as ${max}: ${model?.id ?? provider} takes 0 to ${max}.`;
  return { value: max, warning: { code: "parameter_clamped", message } };
}

/** Why `model` cannot be given a temperature; undefined when it can. */
function temperatureObstacle(model: CatalogueModel, thinking: Thinking | undefined): string | undefined {
  const isThinkingOff = thinking === "off";
  switch (model.temperature) {
    case "removed":
      return `${model.id} does not accept it`;
    case "ignored":
    case "deprecated":
      return `${model.id} no longer honours it`;
    case "old_version":
      return thinking === undefined || isThinkingOff ? undefined : `${model.id} does not accept it while it thinks`;
    case "accepted":
      return undefined;
    default: {
      const needsThinkingOff = model.temperature === "thinking_off" || model.provider === "codex";
      return needsThinkingOff && model.thinking !== null && !isThinkingOff
        ? `${model.id} does not accept it while it thinks`
        : undefined;
    }
  }
}
