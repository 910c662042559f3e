import type OpenAI from "openai";
import type { VendorAccount } from "../config.ts";
import { CodexAnswer } from "./codex-answer.ts";
import { codexBody } from "./codex-request.ts";
import { openaiClient } from "./openai-client.ts";
import { openaiCallError, openaiStreamError } from "./openai-errors.ts";
import type { AttemptSink, Completion, ProviderRequest, StreamingProvider } from "./provider.ts";
import { type ProbeResult, probeBy, truncatedStreamError } from "./vendor-error.ts";

const VENDOR = "OpenAI";

/** OpenAI's Responses API, streamed and read event by event. */
export function codexProvider(account: VendorAccount): StreamingProvider {
  const client = openaiClient(account);
  return {
    kind: "streaming",
    stream: (request, sink, signal) => streamResponse(client, request, sink, signal),
  };
}

/** Lists the models: shows that the key is accepted, and costs nothing. */
export function probeCodex(account: VendorAccount, signal: AbortSignal): Promise<ProbeResult> {
  return probeBy(async () => {
    try {
      await openaiClient(account).models.list({ signal });
    } catch (error) {
      throw openaiCallError(VENDOR, error);
    }
  });
}

async function streamResponse(
  client: OpenAI,
  request: ProviderRequest,
  sink: AttemptSink,
  signal: AbortSignal,
): Promise<Completion> {
  const call = client.responses.create(codexBody(request), { signal }).withResponse();
  const { data: events, request_id } = await call.catch((error: unknown) => {
    throw openaiCallError(VENDOR, error);
  });
  const requestId = request_id ?? undefined;
  const answer = new CodexAnswer(sink, requestId);
  sink.answering({ requestId });
  try {
    for await (const event of events) answer.take(event);
  } catch (error) {
    if (!answer.ended) throw openaiStreamError(VENDOR, error, requestId);
  }
  if (!answer.ended) throw truncatedStreamError(VENDOR, "response.completed", requestId);
  return answer.completion();
}
