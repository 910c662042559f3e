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

/** The SDK reads only `{error: {…}}` and loses what servers that merely resemble OpenAI's say in their own shapes. */
class LenientClient extends OpenAI {
  protected override makeStatusError(status: number, body: object, text: string | undefined, headers: Headers): APIError {
    return super.makeStatusError(status, usualShape(body), text, headers);
  }
}

/** `{error: "…"}` (Ollama), `{message, type, code}` (vLLM), `{detail}` (FastAPI), `[{error}]` (Google) as `{error: {message, …}}`. */
function usualShape(body: unknown): object {
  const first: unknown = Array.isArray(body) ? body[0] : body;
  if (typeof first !== "object" || first === null) return {};
  if ("error" in first && typeof first.error === "object" && first.error !== null) return first;
  if ("error" in first && typeof first.error === "string") return { error: { message: first.error } };
  if ("message" in first && typeof first.message === "string") return { error: first };
  if (!("detail" in first)) return first;
  return { error: { message: typeof first.detail === "string" ? first.detail : JSON.stringify(first.detail) } };
}
