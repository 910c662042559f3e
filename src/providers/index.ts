import type { Config } from "../config.ts";
import { CAPABILITIES } from "./capabilities.ts";
import { claudeProvider, probeClaude } from "./claude.ts";
import { codexProvider, probeCodex } from "./codex.ts";
import { compatibleProvider, probeCompatible } from "./compatible.ts";
import { copilotProvider, probeCopilot } from "./copilot.ts";
import { geminiProvider, probeGemini } from "./gemini.ts";
import type { Provider, ProviderId } from "./provider.ts";
import { redactedProvider } from "./redacted-provider.ts";
import type { ProbeResult } from "./vendor-error.ts";

export { CAPABILITIES } from "./capabilities.ts";
export type { ProbeResult } from "./vendor-error.ts";

/** Who answers: a provider and, for `compatible`, the name of its endpoint in `COMPATIBLE_ENDPOINTS`. */
export type Executor = { provider: ProviderId; endpoint: string | null };

/** Clients by deployment settings and executor, so that one isolate builds each SDK client once. */
const built = new WeakMap<Config, Map<string, Provider>>();

/** The adapter of an executor, built at its first use; undefined when the deployment has no account for it. */
export function providerFor(executor: Executor, config: Config): Provider | undefined {
  let ofConfig = built.get(config);
  if (ofConfig === undefined) {
    ofConfig = new Map();
    built.set(config, ofConfig);
  }
  const key = `${executor.provider}/${executor.endpoint ?? ""}`;
  const known = ofConfig.get(key);
  if (known !== undefined) return known;
  const provider = buildProvider(executor, config);
  if (provider !== undefined) ofConfig.set(key, provider);
  return provider;
}

/**
 * Whether the vendor takes the account, by a call that costs nothing. For `compatible` every configured endpoint is asked
 * and the first that fails decides. Not configured is `provider_auth`, with the setting to give.
 */
export async function probeProvider(id: ProviderId, config: Config, signal: AbortSignal): Promise<ProbeResult> {
  const probes = probesOf(id, config, signal);
  if (probes.length === 0) return { ok: false, code: "provider_auth", message: `${CAPABILITIES[id].setting} is not set` };
  const results = await Promise.all(probes);
  return results.find((result) => !result.ok) ?? { ok: true };
}

function buildProvider({ provider, endpoint }: Executor, config: Config): Provider | undefined {
  switch (provider) {
    case "claude":
      return config.claude && redactedProvider(claudeProvider(config.claude), config.claude.apiKey);
    case "gemini":
      return config.gemini && redactedProvider(geminiProvider(config.gemini), config.gemini.apiKey);
    case "codex":
      return config.codex && redactedProvider(codexProvider(config.codex), config.codex.apiKey);
    case "copilot":
      return config.copilot && redactedProvider(copilotProvider(config.copilot), config.copilot.token);
    case "compatible": {
      const named = endpointOf(endpoint, config);
      return named && redactedProvider(compatibleProvider(named), named.api_key);
    }
  }
}

function endpointOf(name: string | null, config: Config) {
  return name !== null && Object.hasOwn(config.compatible, name) ? config.compatible[name] : undefined;
}

function probesOf(id: ProviderId, config: Config, signal: AbortSignal): Promise<ProbeResult>[] {
  switch (id) {
    case "claude":
      return config.claude ? [probeClaude(config.claude, signal)] : [];
    case "gemini":
      return config.gemini ? [probeGemini(config.gemini, signal)] : [];
    case "codex":
      return config.codex ? [probeCodex(config.codex, signal)] : [];
    case "copilot":
      return config.copilot ? [probeCopilot(config.copilot, signal)] : [];
    case "compatible":
      return Object.values(config.compatible).map((endpoint) => probeCompatible(endpoint, signal));
  }
}
