import type { Config } from "../../config.ts";
import type { Deployment } from "../../models/model-choice.ts";
import { PROVIDER_IDS, type ProviderId } from "../../providers/provider.ts";

/** What the settings let a delegation reach. */
export function deploymentOf(config: Config): Deployment {
  const configured = PROVIDER_IDS.filter((id) => isConfigured(id, config));
  return { configured: new Set(configured), endpoints: config.compatible };
}

function isConfigured(id: ProviderId, config: Config): boolean {
  return id === "compatible" ? Object.keys(config.compatible).length > 0 : config[id] !== undefined;
}
