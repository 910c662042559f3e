import { boundNanos, outputTokensWithin, promptTokensBound } from "../../budgets/bound.ts";
import type { Config } from "../../config.ts";
import { DEFAULT_WORKSPACE } from "../../lib/default-workspace.ts";
import { candidatePrices, priceAttempt } from "../../models/attempt-cost.ts";
import { findModel } from "../../models/catalogue.ts";
import { applyParameters } from "../../models/parameters.ts";
import { CAPABILITIES } from "../../providers/capabilities.ts";
import type { ProviderRequest } from "../../providers/provider.ts";
import type { Warning } from "../delegation.ts";
import type { Candidate, DelegationSpec } from "../delegation-rpc.ts";
import type { InvalidAnswer } from "../delegation-state.ts";
import { repairPrompt } from "./repair-prompt.ts";
import type { Price } from "./settled-attempt.ts";

/** All that one attempt at one candidate needs, decided before anything is sent. */
export type AttemptPlan = {
  request: ProviderRequest;
  /** What was dropped or mapped for this candidate. */
  warnings: Warning[];
  /** The most it can cost, in nano-dollars; null when the candidate has no known price. */
  boundNanos: number | null;
  /** The highest max_output_tokens with which it costs at most so many nano-dollars; 0: not with any. */
  outputTokensWithin: (nanos: number) => number;
  price: Price;
  /** Milliseconds for the attempt; undefined: bounded by the deadline alone. */
  timeoutMs: number | undefined;
};

/** Which attempt is planned; `at` is when it begins, `repair` the answer that it is to correct. */
export type Planned = { number: number; at: Date; repair?: InvalidAnswer | undefined };

/** Fits the spec to one candidate. Pure: the same spec, candidate and prices give the same plan. */
export function attemptPlan(
  spec: DelegationSpec,
  candidate: Candidate,
  { number, at, repair }: Planned,
  config: Config,
): AttemptPlan {
  const { input } = spec;
  const parameters = applyParameters(findModel(candidate.model), candidate.provider, input);
  const request: ProviderRequest = {
    taskId: nameOf(spec),
    attempt: number,
    model: candidate.model,
    prompt: repair === undefined ? input.prompt : repairPrompt(input.prompt, repair),
    system: input.system,
    maxOutputTokens: parameters.maxOutputTokens,
    temperature: parameters.temperature,
    thinking: parameters.thinking,
    output: outputOf(input),
    repository: spec.repository ?? undefined,
  };
  const bytes = bytesSent(request);
  const prices = candidatePrices({ ...candidate, promptTokens: promptTokensBound(bytes), at }, config.compatible);
  const sent = { bytes, maxOutputTokens: parameters.maxOutputTokens, prices };
  return {
    request,
    warnings: [...parameters.warnings],
    boundNanos: boundNanos(sent),
    outputTokensWithin: (nanos) => outputTokensWithin(nanos, sent),
    price: ({ usage, model, serviceTier }) =>
      priceAttempt({ ...candidate, answeredModel: model, usage, serviceTier, at }, config.compatible),
    timeoutMs: timeoutOf(spec, candidate),
  };
}

/** The task's name at the vendor: all workspaces of a deployment have one account there, and ids are a workspace's own. */
const nameOf = ({ workspace, task_id }: DelegationSpec): string =>
  workspace === DEFAULT_WORKSPACE ? task_id : `${workspace}/${task_id}`;

/** A vendor's own task works for minutes to hours: unless the caller says otherwise only the deadline bounds it. */
function timeoutOf(spec: DelegationSpec, candidate: Candidate): number | undefined {
  if (spec.input.timeout !== undefined) return spec.input.timeout * 1_000;
  const { kind, defaultTimeoutSeconds } = CAPABILITIES[candidate.provider];
  return kind === "polling" ? undefined : defaultTimeoutSeconds * 1_000;
}

function outputOf(input: DelegationSpec["input"]): ProviderRequest["output"] {
  if (input.output_schema !== undefined) return { format: "schema", schema: input.output_schema };
  return { format: input.output_json === true ? "json" : "text" };
}

function bytesSent({ prompt, system, output }: ProviderRequest): number {
  const encoder = new TextEncoder();
  const schema = output.format === "schema" ? JSON.stringify(output.schema) : "";
  return [prompt, system ?? "", schema].reduce((sum, text) => sum + encoder.encode(text).byteLength, 0);
}
