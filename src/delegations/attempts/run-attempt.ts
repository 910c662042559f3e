import type { FailureCode } from "../../errors.ts";
import {
  type AttemptSink,
  type Completion,
  NO_USAGE,
  ProviderError,
  type ProviderRequest,
  type StreamingProvider,
  type Usage,
} from "../../providers/provider.ts";
import { checkedCompletion, checkedName, checkedUsage } from "./checked-answer.ts";

/** Why we ended a call ourselves; the abort signal's reason. */
export type StopReason = "cancelled" | "timeout" | "deadline_exceeded";

/** Everything seen of a call, whether it ended well or not. */
export type AttemptResult =
  | { kind: "answered"; completion: Completion }
  | {
      kind: "failed";
      code: FailureCode;
      message: string;
      free: boolean;
      retryAfterMs: number | undefined;
      /** As far as the vendor had counted when it ended. */
      usage: Usage;
      model: string | undefined;
      requestId: string | undefined;
      /** What was thrown, when it was not a ProviderError: for the log, never for the caller. */
      cause?: unknown;
    };

/** How long an adapter may take to let go of an aborted call before we stop listening. */
const LET_GO_MS = 2_000;

/**
 * Makes one call: streams into the sink, and returns however it ends; it never throws. `signal` must abort with a
 * StopReason; a terminal marker that arrives first wins.
 */
export async function runAttempt(
  provider: StreamingProvider,
  request: ProviderRequest,
  sink: AttemptSink,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const seen: { usage: Usage; model?: string | undefined; requestId?: string | undefined } = { usage: NO_USAGE };
  const watching: AttemptSink = {
    text: (delta) => sink.text(delta),
    reasoning: (delta) => sink.reasoning(delta),
    usage: (usage) => {
      seen.usage = checkedUsage(usage);
      sink.usage(seen.usage);
    },
    answering: ({ model, requestId }) => {
      seen.model = checkedName(model) ?? seen.model;
      seen.requestId = checkedName(requestId) ?? seen.requestId;
      sink.answering({ model: seen.model, requestId: seen.requestId });
    },
  };
  try {
    const completion = await Promise.race([provider.stream(request, watching, signal), letGo(signal)]);
    return { kind: "answered", completion: checkedCompletion(completion) };
  } catch (thrown) {
    const base = { kind: "failed", usage: seen.usage, model: seen.model, requestId: seen.requestId } as const;
    if (signal.aborted) return { ...base, ...stopped(signal.reason as StopReason), free: false, retryAfterMs: undefined };
    if (thrown instanceof ProviderError) {
      const { code, message, free, retryAfterMs } = thrown;
      return { ...base, code, message, free, retryAfterMs, requestId: thrown.requestId ?? seen.requestId };
    }
    const message = "The call to the provider failed in a way we do not know.";
    return { ...base, code: "provider_upstream", message, free: false, retryAfterMs: undefined, cause: thrown };
  }
}

const STOPPED: { [reason in StopReason]: string } = {
  cancelled: "The delegation was cancelled.",
  timeout: "The provider did not finish within the attempt's timeout.",
  deadline_exceeded: "The delegation's deadline passed during the attempt.",
};

function stopped(reason: StopReason): { code: FailureCode; message: string } {
  return { code: reason, message: STOPPED[reason] };
}

/** Rejects some time after the abort, for an adapter that hangs on to a dead connection. */
function letGo(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const give = () => {
      setTimeout(() => reject(new Error("aborted")), LET_GO_MS);
    };
    if (signal.aborted) give();
    else signal.addEventListener("abort", give, { once: true });
  });
}
