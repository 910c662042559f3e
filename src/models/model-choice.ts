import type { ProviderId } from "../providers/provider.ts";
import type { ModelWarning } from "./lifecycle.ts";

export type ModelAsk = { provider?: ProviderId | undefined; model?: string | undefined };

/** The configured OpenAI-compatible endpoints, by name; `models` lists those with known prices, others may be asked for too. */
export type Endpoints = { readonly [endpoint: string]: { readonly models: { readonly [id: string]: unknown } } };

/** What this deployment can reach. */
export type Deployment = {
  readonly configured: ReadonlySet<ProviderId>;
  readonly endpoints: Endpoints;
  /** Why a model is better not chosen just now, as far as that is known; undefined: nothing speaks against it. */
  readonly shut?: ((provider: ProviderId, model: string) => string | undefined) | undefined;
};

/** Whether a model can be chosen here by the kind of work at all. */
export const selectsFor = ({ configured }: Deployment): boolean =>
  (["claude", "codex", "gemini"] as const).some((provider) => configured.has(provider));

export type ResolvedModel = {
  ok: true;
  provider: ProviderId;
  /** Set for `compatible` only. */
  endpoint: string | null;
  /** The vendor's own id; empty for `copilot` when GitHub shall choose. */
  model: string;
  /** The model as it was asked for; null when none was. */
  requested: string | null;
  warnings: readonly ModelWarning[];
};
export type ModelRefusal = {
  ok: false;
  code: "invalid_request" | "provider_not_configured";
  field: "provider" | "model";
  message: string;
};
export type ModelChoice = ResolvedModel | ModelRefusal;

export const refused = (field: ModelRefusal["field"], message: string): ModelRefusal => ({
  ok: false,
  code: "invalid_request",
  field,
  message,
});

export const resolved = (
  provider: ProviderId,
  model: string,
  requested: string | null,
  more: { endpoint?: string; warnings?: readonly ModelWarning[] } = {},
): ResolvedModel => ({
  ok: true,
  provider,
  endpoint: more.endpoint ?? null,
  model,
  requested,
  warnings: more.warnings ?? [],
});
