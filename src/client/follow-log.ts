import { DeputeError } from "./depute-error.ts";
import { eventFrames } from "./event-frames.ts";
import { backoffMs } from "./retry-delay.ts";
import { SILENCE_MS } from "./separated.ts";
import { type Transport, unreachable } from "./transport.ts";

export type FollowOptions = {
  /** Only events whose `seq` is greater; default 0. */
  after?: number | undefined;
  signal?: AbortSignal | undefined;
};

type LogEvent = { seq: number; type: string };

/**
 * The events of a log, each once and in order, to the first of a type that ends it. A stream that is cut is taken up again
 * where it was. Throws DeputeError when the server stays away, or the signal's reason.
 */
export async function* followLog<Event extends LogEvent>(
  transport: Transport,
  path: string,
  ends: readonly Event["type"][],
  { after = 0, signal }: FollowOptions = {},
): AsyncGenerator<Event> {
  const seen: Seen = { seq: after, end: false };
  for (let deaf = 0; !seen.end; ) {
    const response = await transport.open({
      method: "GET",
      path,
      headers: { accept: "text/event-stream", "last-event-id": String(seen.seq) },
      signal,
    });
    if (response.status === 204 || response.body === null) return;
    const { heard, cause } = yield* newEvents(response.body, seen, ends, signal);
    if (heard) deaf = 0;
    else if (deaf >= transport.maxRetries) throw unreachable(cause);
    else await transport.pause(backoffMs(deaf++, Math.random()), signal);
  }
}

type Seen = { seq: number; end: boolean };
/** How one stream ended: whether anything came at all, and what broke it. */
type Cut = { heard: boolean; cause: unknown };

/** The events of one stream that were not seen yet, until it ends or breaks. */
async function* newEvents<Event extends LogEvent>(
  body: ReadableStream<Uint8Array>,
  seen: Seen,
  ends: readonly Event["type"][],
  signal: AbortSignal | undefined,
): AsyncGenerator<Event, Cut> {
  let heard = false;
  try {
    for await (const data of eventFrames(body, SILENCE_MS, signal)) {
      heard = true;
      const event = data === null ? undefined : eventIn<Event>(data);
      if (event === undefined || event.seq <= seen.seq) continue;
      seen.seq = event.seq;
      seen.end = ends.includes(event.type);
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

function eventIn<Event>(data: string): Event {
  try {
    return JSON.parse(data) as Event;
  } catch (cause) {
    throw new DeputeError("unexpected_answer", "The server's event is not JSON.", { cause });
  }
}
