import { BaseAnthropic } from "@anthropic-ai/sdk/client";
import { Messages } from "@anthropic-ai/sdk/resources/messages";
import type { VendorAccount } from "../config.ts";
import { ClaudeAnswer } from "./claude-answer.ts";
import { claudeCallError, claudeStreamError } from "./claude-errors.ts";
import { claudeBody, claudeHeaders } from "./claude-request.ts";
import type { AttemptSink, Completion, ProviderRequest, StreamingProvider } from "./provider.ts";
import { type ProbeResult, probeBy, truncatedStreamError } from "./vendor-error.ts";

/** Longer than any attempt: the caller's signal is what bounds a call. */
const SDK_TIMEOUT_MS = 3_600_000;

/** Anthropic's Messages API, streamed and read event by event. */
export function claudeProvider(account: VendorAccount): StreamingProvider {
  const messages = new Messages(clientOf(account));
  return {
    kind: "streaming",
    stream: (request, sink, signal) => streamMessage(messages, request, sink, signal),
  };
}

/** Lists one model: shows that the key is accepted, and costs nothing. */
export function probeClaude(account: VendorAccount, signal: AbortSignal): Promise<ProbeResult> {
  return probeBy(async () => {
    try {
      await clientOf(account).get("/v1/models", { query: { limit: 1 }, signal });
    } catch (error) {
      throw claudeCallError(error);
    }
  });
}

/** Every setting that the SDK would otherwise take from the environment is given here. */
function clientOf(account: VendorAccount): BaseAnthropic {
  return new BaseAnthropic({
    apiKey: account.apiKey,
    authToken: null,
    baseURL: account.baseUrl ?? "https://api.anthropic.com",
    maxRetries: 0,
    timeout: SDK_TIMEOUT_MS,
    openTelemetry: false,
    logLevel: "off",
  });
}

async function streamMessage(
  messages: Messages,
  request: ProviderRequest,
  sink: AttemptSink,
  signal: AbortSignal,
): Promise<Completion> {
  const call = messages.create(claudeBody(request), { signal, headers: claudeHeaders(request) }).withResponse();
  const { data: events, request_id } = await call.catch((error: unknown) => {
    throw claudeCallError(error);
  });
  const requestId = request_id ?? undefined;
  const answer = new ClaudeAnswer(sink, requestId);
  sink.answering({ requestId });
  try {
    for await (const event of events) answer.take(event);
  } catch (error) {
    if (!answer.stopped) throw claudeStreamError(error, requestId);
  }
  if (!answer.stopped) throw truncatedStreamError("Anthropic", "message_stop", requestId);
  return answer.completion();
}
