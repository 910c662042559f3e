import type { ProviderId } from "./provider.ts";

/** What a provider can do whatever the model, and how a deployment turns it on. */
export type Capabilities = {
  /** `streaming` answers while we listen; `polling` works on its own. */
  kind: "streaming" | "polling";
  /** Takes `output_json`. */
  outputJson: boolean;
  /** Takes `output_schema`. */
  outputSchema: boolean;
  /** Takes `system`. */
  system: boolean;
  /** Works in a `repository`, and needs one. */
  repository: boolean;
  /** Time for one attempt when the caller names none. */
  defaultTimeoutSeconds: number;
  /** The environment variable that configures it. */
  setting: string;
};

const TEXT_MODEL = { kind: "streaming", outputJson: true, outputSchema: true, system: true, repository: false } as const;

export const CAPABILITIES: { readonly [id in ProviderId]: Capabilities } = {
  claude: { ...TEXT_MODEL, defaultTimeoutSeconds: 300, setting: "ANTHROPIC_API_KEY" },
  gemini: { ...TEXT_MODEL, defaultTimeoutSeconds: 120, setting: "GEMINI_API_KEY" },
  codex: { ...TEXT_MODEL, defaultTimeoutSeconds: 120, setting: "OPENAI_API_KEY" },
  compatible: { ...TEXT_MODEL, defaultTimeoutSeconds: 120, setting: "COMPATIBLE_ENDPOINTS" },
  copilot: {
    kind: "polling",
    outputJson: false,
    outputSchema: false,
    system: false,
    repository: true,
    defaultTimeoutSeconds: 120,
    setting: "COPILOT_GITHUB_TOKEN",
  },
};
