import OpenAI, { type APIError } from "openai";

/** Longer than any attempt: the caller's signal is what bounds a call. */
const SDK_TIMEOUT_MS = 3_600_000;

/**
 * The SDK's client for one account. Every setting that the SDK would otherwise take from the environment is given here.
 * Without a key no `Authorization` header is sent (the SDK still wants a key to start with).
 */
export function openaiClient(account: { apiKey: string | undefined; baseUrl: string | undefined }): OpenAI {
  return new LenientClient({
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

/** The SDK reads `{error: {…}}` and `{message, …}`, and loses what some servers say in other shapes. */
class LenientClient extends OpenAI {
  protected override makeStatusError(status: number, body: object, text: string | undefined, headers: Headers): APIError {
    return super.makeStatusError(status, usualShape(body), text, headers);
  }
}

/** `{error: "…"}` (Ollama), `{detail}` (FastAPI) and `[{error}]` (Google) as `{error: {…}}`; anything else as it is. */
function usualShape(body: object): object {
  const first: unknown = Array.isArray(body) ? body[0] : body;
  if (typeof first !== "object" || first === null) return body;
  if ("error" in first) return typeof first.error === "string" ? { error: { message: first.error } } : first;
  if (!("detail" in first)) return first;
  return { error: { message: typeof first.detail === "string" ? first.detail : JSON.stringify(first.detail) } };
}
