/** The owner key of every Worker under test. */
export const ADMIN_KEY = "test-admin-key-0123456789";

/** The settings of a Worker whose vendors are all the simulator at `url`; `SIMULATOR_URL` is for the tests themselves. */
export function simulatedVendors(url: string): { [setting: string]: string } {
  const local = { base_url: `${url}/v1`, models: { llama3: { input: 0, output: 0 }, priced: { input: 1, output: 2 } } };
  return {
    SIMULATOR_URL: url,
    DEPUTE_ADMIN_KEY: ADMIN_KEY,
    DEPUTE_SECRET: "test-secret-0123456789-0123456789-0123456789",
    ALLOW_INSECURE_WEBHOOKS: "true",
    DEPUTE_SIMULATED: "true",
    LOG_LEVEL: "warn",
    ANTHROPIC_API_KEY: "test-anthropic-key",
    ANTHROPIC_BASE_URL: url,
    OPENAI_API_KEY: "test-openai-key",
    OPENAI_BASE_URL: `${url}/v1`,
    GEMINI_API_KEY: "test-gemini-key",
    GEMINI_BASE_URL: url,
    COPILOT_GITHUB_TOKEN: "test-github-token",
    GITHUB_API_URL: url,
    COPILOT_REPOSITORIES: "acme/widgets",
    COPILOT_DEFAULT_REPOSITORY: "acme/widgets",
    COMPATIBLE_ENDPOINTS: JSON.stringify({ local }),
  };
}
