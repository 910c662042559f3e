import { GoogleGenAI } from "@google/genai/web";
import type { VendorAccount } from "../config.ts";
import { GeminiAnswer } from "./gemini-answer.ts";
import { geminiCallError, geminiStreamError } from "./gemini-errors.ts";
import { geminiParameters } from "./gemini-request.ts";
import type { AttemptSink, Completion, ProviderRequest, StreamingProvider } from "./provider.ts";
import { type ProbeResult, probeBy, retryAfterMsOf, truncatedStreamError } from "./vendor-error.ts";

/** Google's `streamGenerateContent`. */
export function geminiProvider(account: VendorAccount): StreamingProvider {
  const client = clientOf(account);
  return {
    kind: "streaming",
    stream: (request, sink, signal) => streamContent(client, request, sink, signal),
  };
}

/** Lists one model: shows that the key is accepted, and costs nothing. */
export function probeGemini(account: VendorAccount, signal: AbortSignal): Promise<ProbeResult> {
  return probeBy(async () => {
    try {
      await clientOf(account).models.list({ config: { pageSize: 1, abortSignal: signal } });
    } catch (error) {
      throw geminiCallError(error, undefined);
    }
  });
}

/** `v1beta` is what Google documents generateContent under; the SDK would say `v1`. Without `retryOptions` it never retries. */
function clientOf(account: VendorAccount): GoogleGenAI {
  return new GoogleGenAI({
    apiKey: account.apiKey,
    enterprise: false,
    apiVersion: "v1beta",
    httpOptions: { baseUrl: account.baseUrl ?? "https://generativelanguage.googleapis.com" },
  });
}

async function streamContent(
  client: GoogleGenAI,
  request: ProviderRequest,
  sink: AttemptSink,
  signal: AbortSignal,
): Promise<Completion> {
  const parameters = geminiParameters(request);
  const closing = new AbortController();
  let headers = new Headers();
  const chunks = await client.models
    .generateContentStream({
      ...parameters,
      config: {
        ...parameters.config,
        abortSignal: AbortSignal.any([signal, closing.signal]),
        httpOptions: {
          fetch: async (url: RequestInfo | URL, init?: RequestInit) => {
            const response = await fetch(url, init);
            headers = response.headers;
            return withFewHeaders(response);
          },
        },
      },
    })
    .catch((error: unknown) => {
      throw geminiCallError(error, retryAfterMsOf(headers));
    });
  const answer = new GeminiAnswer(sink, headers.get("x-gemini-service-tier") ?? undefined);
  try {
    for await (const chunk of chunks) answer.take(chunk);
  } catch (error) {
    if (!answer.ended) throw geminiStreamError(error, answer.requestId);
  } finally {
    // The SDK lets go of a stream that it gives up without closing the connection.
    closing.abort();
  }
  if (!answer.ended) throw truncatedStreamError("Google", "a finish reason", answer.requestId);
  return answer.completion();
}

/** The SDK copies all headers with every chunk; the one it reads is enough, and saves a fifth of a long stream's CPU time. */
function withFewHeaders(response: Response): Response {
  const { status, statusText } = response;
  return new Response(response.body, {
    status,
    statusText,
    headers: { "content-type": response.headers.get("content-type") ?? "" },
  });
}
