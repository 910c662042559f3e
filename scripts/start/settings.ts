import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

export type Settings = { [name: string]: string };

/** Every variable and secret that the Worker reads (src/config.ts says what each means). */
export const SETTING_NAMES = [
  "DEPUTE_ADMIN_KEY",
  "DEPUTE_SECRET",
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_BASE_URL",
  "OPENAI_API_KEY",
  "OPENAI_BASE_URL",
  "GEMINI_API_KEY",
  "GEMINI_BASE_URL",
  "COPILOT_GITHUB_TOKEN",
  "GITHUB_API_URL",
  "COPILOT_REPOSITORIES",
  "COPILOT_DEFAULT_REPOSITORY",
  "COMPATIBLE_ENDPOINTS",
  "RETENTION_DAYS",
  "ALLOW_INSECURE_WEBHOOKS",
  "CORS_ORIGINS",
  "LOG_LEVEL",
  "RATE_LIMIT_PER_MINUTE",
] as const;

const VENDOR_NAMES = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "COPILOT_GITHUB_TOKEN", "COMPATIBLE_ENDPOINTS"];

/** The settings of the environment and, where it says nothing, of `<folder>/.dev.vars`. An empty one is absent: it hides the file's. */
export function readSettings(environment: NodeJS.ProcessEnv, folder: string): Settings {
  const file = parseEnv(readIfThere(join(folder, ".dev.vars")));
  const settings: Settings = {};
  for (const name of SETTING_NAMES) {
    const value = environment[name] ?? file[name];
    if (value) settings[name] = value;
  }
  return settings;
}

/** True when any vendor has credentials: then nothing is simulated. */
export function namesVendor(settings: Settings): boolean {
  return VENDOR_NAMES.some((name) => settings[name] !== undefined);
}

/** The settings that send every provider to the simulated vendors at `url`. */
export function simulatedSettings(settings: Settings, url: string): Settings {
  const key = "simulated";
  return {
    ...settings,
    DEPUTE_SIMULATED: "true",
    ANTHROPIC_API_KEY: key,
    ANTHROPIC_BASE_URL: url,
    OPENAI_API_KEY: key,
    OPENAI_BASE_URL: `${url}/v1`,
    GEMINI_API_KEY: key,
    GEMINI_BASE_URL: url,
    COPILOT_GITHUB_TOKEN: key,
    GITHUB_API_URL: url,
    COPILOT_REPOSITORIES: "acme/widgets",
    COPILOT_DEFAULT_REPOSITORY: "acme/widgets",
    COMPATIBLE_ENDPOINTS: JSON.stringify({ local: { base_url: `${url}/v1`, api_key: key } }),
  };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}
