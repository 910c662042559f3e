import { canonicalJson } from "../../lib/canonical-json.ts";
import { sha256Hex } from "../../lib/sha256.ts";
import { findModel } from "../../models/catalogue.ts";
import { applyParameters } from "../../models/parameters.ts";
import { CAPABILITIES } from "../../providers/capabilities.ts";
import type { DelegationSpec } from "../delegation-rpc.ts";
import type { DelegationState } from "../delegation-state.ts";

/**
 * SHA-256 (hex) of all that the first candidate's answer depends on: who it is, and what it is sent. Parameters that it does
 * not take make no difference, nor does what only says how to run (fallbacks, times, approval, properties).
 */
export function cacheKey({ input, candidates: [first] }: DelegationSpec): Promise<string> {
  if (first === undefined) throw new Error("a spec without candidates");
  const { maxOutputTokens, temperature, thinking } = applyParameters(findModel(first.model), first.provider, input);
  const { prompt, system, output_json, output_schema } = input;
  const output = output_schema ?? output_json === true;
  const { provider, endpoint, model } = first;
  return sha256Hex(canonicalJson({ provider, endpoint, model, prompt, system, maxOutputTokens, temperature, thinking, output }));
}

/** Whether the cache has anything to say of a task: work in a repository is never the same twice. */
export const isCacheable = ({ candidates: [first] }: Pick<DelegationSpec, "candidates">): boolean =>
  first !== undefined && !CAPABILITIES[first.provider].repository;

/**
 * Whether the answer may stand for that of an equal delegation: whole, and of the first candidate. One that came from the cache
 * may not, so that an answer's age counts from when a model gave it.
 */
export function isReusable(spec: DelegationSpec, state: DelegationState): boolean {
  if (state.status !== "completed" || state.outcome !== "completed" || spec.cached !== undefined) return false;
  return state.attempts.at(-1)?.candidate === 0 && isCacheable(spec);
}
