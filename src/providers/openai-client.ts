import OpenAI from "openai";

/** Longer than any attempt: the caller's signal is what bounds a call. */
const SDK_TIMEOUT_MS = 3_600_000;

/**
 * The SDK's client for one account. Every setting that the SDK would otherwise take from the environment is given here.
 * Without a key no `Authorization` header is sent (the SDK still wants a key to start with).
 */
export function openaiClient(account: { apiKey: string | undefined; baseUrl: string | undefined }): OpenAI {
  return new OpenAI({
    apiKey: account.apiKey ?? "none",
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: account.baseUrl ?? "https://api.openai.com/v1",
    maxRetries: 0,
    timeout: SDK_TIMEOUT_MS,
    logLevel: "off",
    ...(account.apiKey === undefined ? { defaultHeaders: { Authorization: null } } : {}),
  });
}
