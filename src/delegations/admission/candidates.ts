import { AppError } from "../../errors.ts";
import { fallbackChain, shutPeers } from "../../models/fallback-chains.ts";
import type { Deployment } from "../../models/model-choice.ts";
import { resolveModel } from "../../models/resolve-model.ts";
import { selectModel } from "../../models/selection.ts";
import { completedAsk } from "../../models/selection-ask.ts";
import type { DelegationInput, Warning } from "../delegation.ts";
import type { Candidate } from "../delegation-rpc.ts";

/** The word that leaves the choice of a model, or of the fallbacks, to us. */
const AUTO = "auto";

type Ask = Pick<DelegationInput, "provider" | "model">;
type Resolved = { candidate: Candidate; warnings: readonly Warning[] };

/**
 * Who runs a task, in which order, and what the caller is to know of the choice. Throws AppError `invalid_request` or
 * `provider_not_configured` that names the field.
 */
export function resolveCandidates(
  input: DelegationInput,
  deployment: Deployment,
  on: Date,
): { candidates: Candidate[]; warnings: Warning[] } {
  const first = leavesChoiceToUs(input) ? selected(input, deployment, on) : named("", input, deployment, on);
  const { fallbacks = [] } = input;
  const others =
    fallbacks === AUTO
      ? chained(first.candidate, deployment, on)
      : fallbacks.map((ask, index) => namedFallback(`fallbacks.${index}`, ask, deployment, on));
  const all = eachOnce([first, ...others]);
  return {
    candidates: all.flatMap(({ candidate }) => candidate ?? []),
    warnings: [
      ...all.flatMap(({ warnings }) => warnings),
      ...(fallbacks === AUTO ? [chainWarning(others, shutPeers(first.candidate, deployment, on))] : []),
    ],
  };
}

/** Whoever refused would only refuse again: of a candidate that came before there is but a warning. */
function eachOnce([first, ...others]: readonly [Resolved, ...Resolved[]]): {
  candidate?: Candidate;
  warnings: readonly Warning[];
}[] {
  const known = [first.candidate];
  const fallbacks = others.map(({ candidate, warnings }, index) => {
    if (known.some((earlier) => isSame(earlier, candidate))) return { warnings: [repeatedWarning(index, candidate)] };
    known.push(candidate);
    return { candidate, warnings };
  });
  return [first, ...fallbacks];
}

const isSame = (one: Candidate, other: Candidate): boolean =>
  one.provider === other.provider && one.endpoint === other.endpoint && one.model === other.model;

function repeatedWarning(index: number, { provider, endpoint, model }: Candidate): Warning {
  const who = model === "" ? provider : `${model} of ${endpoint ?? provider}`;
  return { code: "fallback_repeated", message: `fallbacks.${index} is dropped: ${who} comes earlier.` };
}

/** An endpoint may have a model of that name: with `compatible` it is the endpoint's own. */
const leavesChoiceToUs = ({ provider, model }: Ask): boolean => model === AUTO && provider !== "compatible";

function named(path: string, ask: Ask, deployment: Deployment, on: Date): Resolved {
  const choice = resolveModel({ provider: ask.provider, model: ask.model }, deployment, on);
  if (!choice.ok) throw refused(path === "" ? choice.field : `${path}.${choice.field}`, choice.message, choice.code);
  const { provider, endpoint, model, requested, warnings } = choice;
  return { candidate: { provider, endpoint, model, requested }, warnings };
}

function namedFallback(path: string, ask: Ask, deployment: Deployment, on: Date): Resolved {
  if (ask.provider === undefined && ask.model === undefined) throw refused(path, "needs a provider or a model");
  if (leavesChoiceToUs(ask)) {
    throw refused(`${path}.model`, 'cannot be "auto" here: "fallbacks": "auto" chooses all of them, or name a model');
  }
  return named(path, ask, deployment, on);
}

/** With copilot it is GitHub that chooses. */
function selected(input: DelegationInput, deployment: Deployment, on: Date): Resolved {
  if (input.provider === "copilot") {
    const { candidate, warnings } = named("", { provider: "copilot" }, deployment, on);
    return { candidate: { ...candidate, requested: AUTO }, warnings };
  }
  if (input.provider !== undefined && !deployment.configured.has(input.provider)) {
    return named("", { provider: input.provider }, deployment, on);
  }
  const ask = completedAsk(input);
  const selection = selectModel({ ...ask, provider: input.provider }, deployment, on);
  if (!selection.ok) throw refused(selection.field, selection.message, selection.code);
  const { provider, model, reason } = selection;
  const assumed = [
    ...(input.task_type === undefined ? [` The task type was not given: ${ask.task_type} is assumed.`] : []),
    ...(ask.complexity_estimated ? [` The complexity was not given: ${ask.complexity} is estimated from the prompt.`] : []),
  ].join("");
  const message = `${model} of ${provider} was chosen. ${reason}${assumed}`;
  return {
    candidate: { provider, endpoint: null, model, requested: AUTO },
    warnings: [{ code: "model_selected", message }],
  };
}

const chained = (first: Candidate, deployment: Deployment, on: Date): Resolved[] =>
  fallbackChain(first, deployment, on).map(({ provider, model }) => ({
    candidate: { provider, endpoint: null, model, requested: AUTO },
    warnings: [],
  }));

function chainWarning(others: readonly Resolved[], shut: ReturnType<typeof shutPeers>): Warning {
  const names = others.map(({ candidate: { provider, model } }) => `${model} of ${provider}`);
  const message =
    names.length === 0 ? "There are none: no other vendor is configured here." : `In this order: ${names.join(", ")}.`;
  const passedOver = shut
    .filter(({ model }) => others.every(({ candidate }) => candidate.model !== model))
    .map(({ model, reason }) => ` Passed over ${model}: ${reason}.`);
  return { code: "fallbacks_selected", message: `Fallbacks were chosen. ${message}${passedOver.join("")}` };
}

const refused = (path: string, message: string, code: "invalid_request" | "provider_not_configured" = "invalid_request") =>
  new AppError(code, `${path}: ${message}`, [{ path, message }]);
