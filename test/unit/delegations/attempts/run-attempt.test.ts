import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runAttempt, type StopReason } from "../../../../src/delegations/attempts/run-attempt.ts";
import { type AttemptSink, type Completion, ProviderError, type StreamingProvider } from "../../../../src/providers/provider.ts";
import { providerRequest } from "../../../support/provider-request.ts";
import { RecordingSink } from "../../../support/recording-sink.ts";
import { completion, usage } from "../delegating.ts";

const provider = (stream: (sink: AttemptSink, signal: AbortSignal) => Promise<Completion>): StreamingProvider => ({
  kind: "streaming",
  stream: (_request, sink, signal) => stream(sink, signal),
});

/** Starts a call; `stop` aborts it as the task does. */
function running(stream: (sink: AttemptSink, signal: AbortSignal) => Promise<Completion>) {
  const controller = new AbortController();
  const sink = new RecordingSink();
  const result = runAttempt(provider(stream), providerRequest(), sink, controller.signal);
  return { sink, result, stop: (reason: StopReason) => controller.abort(reason) };
}

const never = () => new Promise<never>(() => undefined);
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("socket closed")), { once: true });
  });

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("runAttempt", () => {
  test("passes on what arrives and returns how it was completed", async () => {
    const { sink, result } = running(async (to) => {
      to.answering({ model: "model-1", requestId: "req_1" });
      to.reasoning("hm");
      to.text("Hello");
      to.usage(usage(3, 1));
      return completion();
    });
    expect(await result).toEqual({ kind: "answered", completion: completion() });
    expect([sink.texts, sink.reasonings, sink.usages]).toEqual([["Hello"], ["hm"], [usage(3, 1)]]);
    expect(sink.answers).toEqual([{ model: "model-1", requestId: "req_1" }]);
  });

  test("a vendor's refusal keeps its code, its Retry-After and that it was free", async () => {
    const { result } = running(async () => {
      throw new ProviderError("provider_rate_limited", "slow down", { free: true, retryAfterMs: 4_000, requestId: "req_9" });
    });
    expect(await result).toEqual({
      kind: "failed",
      code: "provider_rate_limited",
      message: "slow down",
      free: true,
      retryAfterMs: 4_000,
      usage: usage(0, 0),
      model: undefined,
      requestId: "req_9",
    });
  });

  test("a stream that broke keeps what was counted and said before", async () => {
    const { result } = running(async (to) => {
      to.answering({ model: "model-1" });
      to.answering({ requestId: "req_1" });
      to.usage(usage(3, 1));
      to.usage(usage(3, 2));
      throw new ProviderError("truncated_stream", "cut");
    });
    expect(await result).toMatchObject({ usage: usage(3, 2), model: "model-1", requestId: "req_1", free: false });
  });

  test.each([new TypeError("x is undefined"), "a string", undefined, null])(
    "survives %s thrown by an adapter",
    async (thrown) => {
      const { result } = running(async () => {
        throw thrown;
      });
      expect(await result).toMatchObject({ kind: "failed", code: "provider_upstream", free: false, cause: thrown });
      expect(await result).not.toMatchObject({ message: expect.stringContaining("undefined") });
    },
  );

  test("survives an adapter that throws before it returns a promise", async () => {
    const { result } = running(() => {
      throw new RangeError("at once");
    });
    expect(await result).toMatchObject({ code: "provider_upstream", cause: new RangeError("at once") });
  });

  test.each(["cancelled", "timeout", "deadline_exceeded"] as const)(
    "a call that we ended failed for our reason: %s",
    async (why) => {
      const { result, stop } = running((to, signal) => {
        to.usage(usage(3, 1));
        return untilAborted(signal);
      });
      stop(why);
      expect(await result).toMatchObject({ kind: "failed", code: why, free: false, usage: usage(3, 1) });
      expect(await result).not.toHaveProperty("cause");
    },
  );

  test("our reason wins over whatever the adapter makes of the abort", async () => {
    const { result, stop } = running(async (_to, signal) => {
      await untilAborted(signal).catch(() => undefined);
      throw new ProviderError("provider_upstream", "aborted", { free: true });
    });
    stop("timeout");
    expect(await result).toMatchObject({ code: "timeout", free: false });
  });

  test("an adapter that ignores the abort is left behind after 2 s", async () => {
    const { result, stop } = running(never);
    const settled = vi.fn();
    void result.then(settled);
    stop("cancelled");
    await vi.advanceTimersByTimeAsync(1_999);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(settled).toHaveBeenCalledOnce();
    expect(await result).toMatchObject({ code: "cancelled" });
  });

  test("a call that was aborted before it began ends all the same", async () => {
    const result = runAttempt(provider(never), providerRequest(), new RecordingSink(), AbortSignal.abort("timeout"));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await result).toMatchObject({ code: "timeout" });
  });

  test("a terminal marker that came before the connection closed wins: the answer is paid for", async () => {
    const { result, stop } = running(async (_to, signal) => {
      await untilAborted(signal).catch(() => undefined);
      return completion();
    });
    stop("cancelled");
    expect(await result).toMatchObject({ kind: "answered" });
  });

  test("a late failure of a call left behind disturbs nobody", async () => {
    const late = Promise.withResolvers<Completion>();
    const unhandled = vi.fn();
    process.once("unhandledRejection", unhandled);
    const { result, stop } = running(() => late.promise);
    stop("timeout");
    await vi.advanceTimersByTimeAsync(2_000);
    await result;
    late.reject(new Error("late"));
    vi.useRealTimers();
    await new Promise((next) => setImmediate(next));
    process.removeListener("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
