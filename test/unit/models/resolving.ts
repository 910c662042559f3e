import { expect } from "vitest";
import type { Deployment, ModelAsk } from "../../../src/models/model-choice.ts";
import { resolveModel } from "../../../src/models/resolve-model.ts";
import { PROVIDER_IDS, type ProviderId } from "../../../src/providers/provider.ts";
import { noon } from "./catalogued.ts";

/** A day on which the catalogue's facts were collected. */
const TODAY = noon("2026-11-22");
export const endpoints = { ollama: { models: { "llama3:8b": {} } }, router: { models: {} } };
export const ALL: Deployment = { configured: new Set(PROVIDER_IDS), endpoints };
export const only = (...configured: ProviderId[]): Deployment => ({ configured: new Set(configured), endpoints: {} });
export const compatible = (own: Deployment["endpoints"]): Deployment => ({ configured: new Set(["compatible"]), endpoints: own });

export const resolve = (ask: ModelAsk, deployment = ALL, on = TODAY) => resolveModel(ask, deployment, on);
/** provider and model, or the code and field of the refusal. */
export const outcome = (ask: ModelAsk, deployment = ALL, on = TODAY) => {
  const choice = resolve(ask, deployment, on);
  return choice.ok ? [choice.provider, choice.model] : [choice.code, choice.field];
};
export const warnings = (ask: ModelAsk, deployment = ALL, on = TODAY) => {
  const choice = resolve(ask, deployment, on);
  return choice.ok ? choice.warnings : expect.fail(choice.message);
};
export const refusal = (ask: ModelAsk, deployment = ALL, on = TODAY) => {
  const choice = resolve(ask, deployment, on);
  return choice.ok ? expect.fail(`resolved to ${choice.model}`) : choice.message;
};
