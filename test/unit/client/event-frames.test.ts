import { describe, expect, test } from "vitest";
import { eventFrames } from "../../../src/client/event-frames.ts";

const LONG_MS = 60_000;

function bodyOf(chunks: readonly Uint8Array[], { open = false } = {}) {
  const state = { cancelled: false };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      if (!open) controller.close();
    },
    cancel() {
      state.cancelled = true;
    },
  });
  return { body, state };
}

async function framesOf(text: string): Promise<(string | null)[]> {
  const bytes = [...new TextEncoder().encode(text)].map((byte) => Uint8Array.of(byte));
  const frames: (string | null)[] = [];
  for await (const frame of eventFrames(bodyOf(bytes).body, LONG_MS)) frames.push(frame);
  return frames;
}

describe("eventFrames", () => {
  test("gives the data of each event whatever the cuts, and null for a comment", async () => {
    expect(await framesOf('id: 1\nevent: a\ndata: {"t":"Grüße 🌍"}\n\n: keep-alive\n\nid: 2\ndata: {}\n\n')).toEqual([
      '{"t":"Grüße 🌍"}',
      null,
      "{}",
    ]);
  });

  test("takes only a line feed for the end of a line", async () => {
    expect(await framesOf('data: {"t":"a\u2028b\u2029c"}\n\n')).toEqual(['{"t":"a\u2028b\u2029c"}']);
  });

  test("does not give a frame that was cut", async () => {
    expect(await framesOf('data: {"a":1}\n\ndata: {"b"')).toEqual(['{"a":1}']);
  });

  test("throws when nothing comes for too long, and lets go of the connection", async () => {
    const { body, state } = bodyOf([], { open: true });
    await expect(eventFrames(body, 5).next()).rejects.toThrow("Nothing came for 0.005 s.");
    expect(state.cancelled).toBe(true);
  });

  test("gives no more once the signal aborts, though more has come, and closes the connection", async () => {
    const { body, state } = bodyOf([new TextEncoder().encode("data: 1\n\ndata: 2\n\n")], { open: true });
    const controller = new AbortController();
    const frames = eventFrames(body, LONG_MS, controller.signal);
    expect((await frames.next()).value).toBe("1");
    controller.abort(new Error("enough"));
    await expect(frames.next()).rejects.toThrow("enough");
    expect(state.cancelled).toBe(true);
  });

  test("closes the connection when its consumer has enough", async () => {
    const { body, state } = bodyOf([new TextEncoder().encode("data: 1\n\ndata: 2\n\n")], { open: true });
    for await (const data of eventFrames(body, LONG_MS)) {
      expect(data).toBe("1");
      break;
    }
    expect(state.cancelled).toBe(true);
  });
});
