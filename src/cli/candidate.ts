import type { ProviderId } from "../providers/provider.ts";

export type Candidate = { provider: ProviderId } | { model: string };

const PROVIDERS: { readonly [Id in ProviderId]: true } = {
  claude: true,
  gemini: true,
  codex: true,
  copilot: true,
  compatible: true,
};

/** Who is meant by a name: a provider, else a model. */
export const candidate = (name: string): Candidate => (isProvider(name) ? { provider: name } : { model: name });

const isProvider = (name: string): name is ProviderId => Object.hasOwn(PROVIDERS, name);
