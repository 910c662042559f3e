import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DelegationStore } from "../../../../src/delegations/delegation-store.ts";
import type { DelegationEvent, EventBody } from "../../../../src/delegations/events.ts";
import { EventLog } from "../../../../src/delegations/log/event-log.ts";
import { EventStream, type EventStreamOptions } from "../../../../src/delegations/log/event-stream.ts";
import { MemoryRows } from "../../../support/memory-rows.ts";
import { T0 } from "../delegating.ts";

const message = (text: string): EventBody => ({
  type: "item.completed",
  item: { id: "item_1_1", type: "agent_message", text },
});
const delta = (characters: number): EventBody => ({
  type: "item.updated",
  item: { id: "item_1_1", type: "agent_message" },
  delta: "x".repeat(characters),
});
const completed: EventBody = { type: "thread.completed", status: "completed", error: null };

/** A log, a stream on it, and its reader. `store` appends and flushes, and tells the stream as the task does. */
function watching(different: Partial<EventStreamOptions> = {}, before: EventBody[] = []) {
  const log = new EventLog("task-1", new DelegationStore(new MemoryRows()));
  const store = (...events: EventBody[]) => {
    for (const event of events) log.append(event, T0);
    const characters = log.waiting;
    log.flush();
    stream.stored(characters);
  };
  for (const event of before) log.append(event, T0);
  log.flush();
  const closes: number[] = [];
  const options = { after: 0, format: "sse", follow: true, ...different } as const;
  const stream: EventStream = new EventStream(log, { ...options, onClose: () => closes.push(log.next) });
  const reader = stream.readable.pipeThrough(new TextDecoderStream()).getReader();
  const read = async () => (await reader.read()).value;
  return { log, stream, store, reader, read, closes };
}

async function rest(reader: ReadableStreamDefaultReader<string>): Promise<string> {
  const chunks: string[] = [];
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) chunks.push(chunk.value);
  return chunks.join("");
}

const idsIn = (frames: string): number[] => [...frames.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("an SSE stream", () => {
  test("frames every event with its number and type", async () => {
    const { read } = watching({}, [{ type: "thread.started" }]);
    const line = '{"seq":1,"at":"2026-11-22T10:00:00.000Z","task_id":"task-1","type":"thread.started"}';
    expect(await read()).toBe(`id: 1\nevent: thread.started\ndata: ${line}\n\n`);
  });

  test("resumes after the last event that was seen, live events following without a gap", async () => {
    const { read, store } = watching({ after: 2 }, ["a", "b", "c", "d"].map(message));
    expect(idsIn((await read()) ?? "")).toEqual([3, 4]);
    store(message("e"));
    expect(idsIn((await read()) ?? "")).toEqual([5]);
  });

  test("shows each event once to everybody who watches", async () => {
    const log = new EventLog("task-1", new DelegationStore(new MemoryRows()));
    const readers = [0, 0, 1].map((after) => {
      const { readable } = new EventStream(log, { after, format: "sse", follow: true, onClose: () => undefined });
      return rest(readable.pipeThrough(new TextDecoderStream()).getReader());
    });
    for (const event of [message("a"), message("b"), completed]) {
      log.append(event, T0);
      log.flush();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect((await Promise.all(readers)).map(idsIn)).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [2, 3],
    ]);
  });

  test("ends after thread.completed, and closes once", async () => {
    const { reader, store, closes } = watching({}, [message("a")]);
    const all = rest(reader);
    store(completed);
    expect(idsIn(await all)).toEqual([1, 2]);
    expect(closes).toHaveLength(1);
  });

  test("a text that looks like the end is not the end", async () => {
    const { read, store } = watching({}, [message('","type":"thread.completed"')]);
    expect(await read()).toContain("event: item.completed");
    store(message("still here"));
    expect(await read()).toContain("still here");
  });

  test("a text of any shape stays one data line", async () => {
    const { read } = watching({}, [message("a\n\nid: 9\nevent: x\r\u2028b")]);
    const frame = (await read()) ?? "";
    expect(frame.split("\n")).toHaveLength(5);
    const data = frame.split("\n")[2]?.slice("data: ".length) ?? "";
    expect(JSON.parse(data)).toMatchObject({ item: { text: "a\n\nid: 9\nevent: x\r\u2028b" } });
  });

  test("says that it is alive every 15 seconds of silence", async () => {
    const { read } = watching();
    const first = read();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await first).toBe(": keep-alive\n\n");
    const second = read();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await second).toBe(": keep-alive\n\n");
  });

  test("closes after 15 minutes, so that the viewer comes back to code of today", async () => {
    const { reader, closes } = watching({}, [message("a")]);
    const all = rest(reader);
    await vi.advanceTimersByTimeAsync(15 * 60_000 - 1);
    expect(closes).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(idsIn(await all)).toEqual([1]);
    expect(closes).toHaveLength(1);
  });

  test("a viewer that leaves is forgotten, and its timers with it", async () => {
    const { reader, read, closes } = watching({}, [message("a")]);
    await read();
    await reader.cancel();
    expect(closes).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("ends with the given last line when the task is deleted", async () => {
    const { reader, read, stream, closes } = watching({}, [message("a")]);
    await read();
    const all = rest(reader);
    stream.end('{"seq":2,"at":"2026-11-22T10:00:00.000Z","task_id":"task-1","type":"thread.deleted"}');
    expect(await all).toContain("event: thread.deleted");
    expect(closes).toHaveLength(1);
  });
});

describe("a slow viewer", () => {
  test("makes the object hold nothing: the log is read only when the viewer asks", async () => {
    const log = new EventLog("task-1", new DelegationStore(new MemoryRows()));
    const reads = vi.spyOn(log, "read");
    const { readable } = new EventStream(log, { after: 0, format: "sse", follow: true, onClose: () => undefined });
    for (let index = 0; index < 20; index += 1) {
      log.append(message("x".repeat(200_000)), T0);
      log.flush();
    }
    await vi.advanceTimersByTimeAsync(1_000);
    expect(reads).not.toHaveBeenCalled();
    const reader = readable.getReader();
    await reader.read();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(reads).toHaveBeenCalledTimes(1);
    await reader.cancel();
  });

  test("is closed once it is more than 1,000,000 characters behind what it saw live", async () => {
    const { read, store, closes, reader } = watching({}, [message("a")]);
    await read();
    const pending = read();
    await vi.advanceTimersByTimeAsync(1);
    store(message("live"));
    await pending;
    store(delta(990_000));
    expect(closes).toHaveLength(0);
    store(delta(20_000));
    expect(closes).toHaveLength(1);
    expect((await rest(reader)).length).toBeLessThan(300_000);
  });

  test("is not closed while it catches up with what was there before it came", async () => {
    const { stream, closes, reader } = watching({}, [message("a")]);
    stream.stored(5_000_000);
    expect(closes).toHaveLength(0);
    await reader.cancel();
  });

  test("is forgiven what it has read meanwhile", async () => {
    const { read, store, closes, reader } = watching({}, [message("a")]);
    await read();
    for (let round = 0; round < 30; round += 1) {
      const pending = read();
      await vi.advanceTimersByTimeAsync(1);
      store(delta(50_000));
      await pending;
    }
    expect(closes).toHaveLength(0);
    await reader.cancel();
  });
});

describe("an NDJSON stream", () => {
  test("is what is stored now, a line an event, and then ends", async () => {
    const { reader, closes } = watching({ format: "ndjson", follow: false }, [message("a"), message("b")]);
    const lines = (await rest(reader)).trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as DelegationEvent).seq)).toEqual([1, 2]);
    expect(closes).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is empty after the last event", async () => {
    const { reader } = watching({ format: "ndjson", follow: false, after: 2 }, [message("a"), message("b")]);
    expect(await rest(reader)).toBe("");
  });
});
