import type { ProviderId } from "../providers/provider.ts";
import { ALIASES } from "./aliases.ts";
import { allModels } from "./catalogue.ts";
import type { CatalogueProvider } from "./catalogue-model.ts";
import { closeMatches } from "./close-matches.ts";
import { compatibleModel, endpointOf, listedModels, onlyCompatibleModel } from "./compatible-model.ts";
import { copilotModel } from "./copilot-model.ts";
import { currentModel, isRetired } from "./lifecycle.ts";
import { type Deployment, type ModelAsk, type ModelChoice, type ModelRefusal, refused, resolved } from "./model-choice.ts";

const SETTINGS: { readonly [provider in ProviderId]: string } = {
  claude: "ANTHROPIC_API_KEY",
  gemini: "GEMINI_API_KEY",
  codex: "OPENAI_API_KEY",
  copilot: "COPILOT_GITHUB_TOKEN",
  compatible: "COMPATIBLE_ENDPOINTS",
};
const DEFAULT_MODELS: { readonly [provider in CatalogueProvider]: string } = {
  claude: "claude-sonnet-5-5",
  gemini: "gemini-3.8-flash",
  codex: "gpt-6.1-terra",
};
/** Who works when nothing is asked for. Never copilot: it needs a repository. */
const DEFAULT_ORDER: readonly ProviderId[] = ["claude", "codex", "gemini", "compatible"];

/**
 * Which provider, endpoint and vendor model a request means, on a day (models retire). The same question always has the
 * same answer. A refusal names the field at fault and what is allowed.
 */
export function resolveModel(ask: ModelAsk, deployment: Deployment, on: Date): ModelChoice {
  if (ask.model === undefined) return defaultModel(ask.provider, deployment, on);
  const field = ask.provider === undefined ? "model" : "provider";
  const provider = ask.provider ?? (endpointOf(ask.model, deployment.endpoints) === undefined ? undefined : "compatible");
  if (provider === "compatible") {
    return notConfigured(provider, deployment, field) ?? compatibleModel(ask.model, deployment.endpoints);
  }
  if (provider === "copilot") return notConfigured(provider, deployment, field) ?? copilotModel(ask.model, on);
  return catalogueModel(ask.model, provider, deployment, on);
}

function catalogueModel(model: string, asked: CatalogueProvider | undefined, deployment: Deployment, on: Date): ModelChoice {
  const known = currentModel(model, on);
  if (known === undefined) return unknownModel(model, asked, deployment, on);
  const { provider } = known.model ?? known.last;
  if (asked !== undefined && asked !== provider) {
    return refused(
      "model",
      `${model} is a model of ${provider}, but the provider asked for is ${asked}. Leave out one of the two.`,
    );
  }
  const missing = notConfigured(provider, deployment, asked === undefined ? "model" : "provider");
  if (missing !== undefined) return missing;
  if (known.model === undefined) {
    return refused(
      "model",
      `${model} was retired without a successor. ${provider}'s default is ${DEFAULT_MODELS[provider]}; GET /v1/models lists all.`,
    );
  }
  return resolved(provider, known.model.id, model, { warnings: known.warnings });
}

function defaultModel(asked: ProviderId | undefined, deployment: Deployment, on: Date): ModelChoice {
  const provider = asked ?? DEFAULT_ORDER.find((each) => deployment.configured.has(each));
  if (provider === undefined) {
    const settings = DEFAULT_ORDER.map((each) => SETTINGS[each]).join(", ");
    return {
      ok: false,
      code: "provider_not_configured",
      field: "provider",
      message: `No provider that works without being named is configured here: set one of ${settings}.`,
    };
  }
  const missing = notConfigured(provider, deployment, "provider");
  if (missing !== undefined) return missing;
  if (provider === "copilot") return resolved(provider, "", null);
  if (provider === "compatible") return onlyCompatibleModel(deployment.endpoints);
  const chosen = catalogueModel(DEFAULT_MODELS[provider], provider, deployment, on);
  return chosen.ok ? { ...chosen, requested: null } : chosen;
}

function notConfigured(provider: ProviderId, { configured }: Deployment, field: ModelRefusal["field"]): ModelRefusal | undefined {
  if (configured.has(provider)) return undefined;
  const others = configured.size === 0 ? "nothing" : [...configured].join(", ");
  const message = `${provider} is not configured here: it needs the setting ${SETTINGS[provider]}. Configured: ${others}.`;
  return { ok: false, code: "provider_not_configured", field, message };
}

function unknownModel(model: string, asked: CatalogueProvider | undefined, { endpoints }: Deployment, on: Date): ModelRefusal {
  const ids = allModels()
    .filter((each) => !isRetired(each, on) && (asked === undefined || each.provider === asked))
    .flatMap((each) => [each.id, ...each.aliases]);
  const aliases = Object.entries(ALIASES)
    .filter(([name]) => asked === undefined || currentModel(name, on)?.model?.provider === asked)
    .map(([name]) => name);
  const listed = asked === undefined ? listedModels(endpoints) : [];
  const close = closeMatches(model, [...new Set([...ids, ...aliases, ...listed])]);
  const hint = close.length === 0 ? "" : ` Did you mean ${close.join(" or ")}?`;
  const whose = asked === undefined ? "" : ` of ${asked}`;
  return refused("model", `There is no model ${model}${whose}.${hint} GET /v1/models lists all.`);
}
