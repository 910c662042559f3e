import type OpenAI from "openai";
import type { CompatibleEndpoint } from "../config.ts";
import { CompatibleAnswer, type LooseChunk } from "./compatible-answer.ts";
import { compatibleBody } from "./compatible-request.ts";
import { openaiClient } from "./openai-client.ts";
import { openaiCallError, openaiStreamError } from "./openai-errors.ts";
import type { AttemptSink, Completion, ProviderRequest, StreamingProvider } from "./provider.ts";
import { type ProbeResult, probeBy, truncatedStreamError } from "./vendor-error.ts";

/** Any server that speaks Chat Completions (Ollama, vLLM, llama.cpp, OpenRouter, a gateway), streamed and read chunk by chunk. */
export function compatibleProvider(endpoint: CompatibleEndpoint): StreamingProvider {
  const client = clientOf(endpoint);
  return {
    kind: "streaming",
    stream: (request, sink, signal) => streamChat(client, nameOf(endpoint), request, sink, signal),
  };
}

/** Lists the models: shows that the server is there and the key accepted, and costs nothing. */
export function probeCompatible(endpoint: CompatibleEndpoint, signal: AbortSignal): Promise<ProbeResult> {
  return probeBy(async () => {
    try {
      await clientOf(endpoint).models.list({ signal });
    } catch (error) {
      throw openaiCallError(nameOf(endpoint), error);
    }
  });
}

function clientOf(endpoint: CompatibleEndpoint): OpenAI {
  return openaiClient({ apiKey: endpoint.api_key || undefined, baseUrl: endpoint.base_url });
}

/** What such a server is called in messages: its host and port. */
function nameOf(endpoint: CompatibleEndpoint): string {
  return new URL(endpoint.base_url).host;
}

async function streamChat(
  client: OpenAI,
  vendor: string,
  request: ProviderRequest,
  sink: AttemptSink,
  signal: AbortSignal,
): Promise<Completion> {
  const call = client.chat.completions.create(compatibleBody(request), { signal }).withResponse();
  const { data, request_id } = await call.catch((error: unknown) => {
    throw openaiCallError(vendor, error);
  });
  // The SDK parses JSON and checks nothing: its type is what OpenAI sends, not what these servers do.
  const chunks = data as AsyncIterable<LooseChunk>;
  const requestId = request_id ?? undefined;
  const answer = new CompatibleAnswer(vendor, sink, requestId);
  sink.answering({ requestId });
  try {
    for await (const chunk of chunks) answer.take(chunk);
  } catch (error) {
    if (!answer.finished) throw openaiStreamError(vendor, error, requestId);
  }
  if (!answer.finished) throw truncatedStreamError(vendor, "a finish_reason", requestId);
  return answer.completion();
}
