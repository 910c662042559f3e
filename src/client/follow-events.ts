import type { DelegationEvent } from "../delegations/events.ts";
import { DeputeError } from "./depute-error.ts";
import { eventFrames } from "./event-frames.ts";
import { backoffMs } from "./retry-delay.ts";
import { type Transport, unreachable } from "./transport.ts";

/** Three times the interval of the server's comments. */
const SILENCE_MS = 45_000;
const ENDS: ReadonlySet<string> = new Set<DelegationEvent["type"]>(["thread.completed", "thread.deleted"]);

export type FollowOptions = {
  /** Only events whose `seq` is greater; default 0. */
  after?: number | undefined;
  signal?: AbortSignal | undefined;
};

/**
 * The events of a delegation, each once and in order, from the first to `thread.completed` (or `thread.deleted`). A stream
 * that is cut is taken up again where it was. Throws DeputeError when the server stays away, or the signal's reason.
 */
export async function* followEvents(
  transport: Transport,
  taskId: string,
  { after = 0, signal }: FollowOptions = {},
): AsyncGenerator<DelegationEvent> {
  const seen: Seen = { seq: after, end: false };
  for (let deaf = 0; !seen.end; ) {
    const response = await transport.open({
      method: "GET",
      path: `/v1/delegations/${encodeURIComponent(taskId)}/events`,
      headers: { accept: "text/event-stream", "last-event-id": String(seen.seq) },
      signal,
    });
    if (response.status === 204 || response.body === null) return;
    const { heard, cause } = yield* newEvents(response.body, seen, signal);
    if (heard) deaf = 0;
    else if (deaf >= transport.maxRetries) throw unreachable(cause);
    else await transport.pause(backoffMs(deaf++, Math.random()), signal);
  }
}

type Seen = { seq: number; end: boolean };
/** How one stream ended: whether anything came at all, and what broke it. */
type Cut = { heard: boolean; cause: unknown };

/** The events of one stream that were not seen yet, until it ends or breaks. */
async function* newEvents(
  body: ReadableStream<Uint8Array>,
  seen: Seen,
  signal: AbortSignal | undefined,
): AsyncGenerator<DelegationEvent, Cut> {
  let heard = false;
  try {
    for await (const data of eventFrames(body, SILENCE_MS)) {
      heard = true;
      const event = data === null ? undefined : eventIn(data);
      if (event === undefined || event.seq <= seen.seq) continue;
      seen.seq = event.seq;
      seen.end = ENDS.has(event.type);
      yield event;
      if (seen.end) break;
    }
    return { heard, cause: new Error("The event stream ended at once.") };
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof DeputeError) throw cause;
    return { heard, cause };
  }
}

function eventIn(data: string): DelegationEvent {
  try {
    return JSON.parse(data) as DelegationEvent;
  } catch (cause) {
    throw new DeputeError("unexpected_answer", "The server's event is not JSON.", { cause });
  }
}
