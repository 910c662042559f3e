import { describe, expect, test } from "vitest";
import { followEvents } from "../../../src/client/follow-events.ts";
import { Transport } from "../../../src/client/transport.ts";
import type { DelegationEvent } from "../../../src/delegations/events.ts";
import { type WireReply, type WireRequest, WireServer } from "../../support/wire-server.ts";

const event = (seq: number, type: "turn.warning" | "thread.completed" | "thread.deleted" = "turn.warning") =>
  `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify({ seq, type, task_id: "t" })}\n\n`;

/** A server whose log has `length` events, the last one the end; each stream is cut as `cut` says. */
async function log(length: number, cut: (request: WireRequest, stream: number) => Partial<WireReply> & { events?: number }) {
  let streams = 0;
  const server = await WireServer.playing((request) => {
    const { events = Number.POSITIVE_INFINITY, ...reply } = cut(request, streams++);
    const after = Number(request.headers["last-event-id"]);
    if (after >= length) return { status: 204, headers: {} };
    const rest = Array.from({ length: length - after }, (_, index) => after + index + 1);
    const writes = rest.slice(0, events).map((seq) => event(seq, seq === length ? "thread.completed" : "turn.warning"));
    return { writes, ...reply };
  });
  const waits: number[] = [];
  const transport = new Transport({ baseUrl: server.baseUrl, apiKey: "k" }, async (ms) => {
    waits.push(ms);
  });
  return { server, transport, waits };
}

async function seqs(stream: AsyncIterable<DelegationEvent>): Promise<number[]> {
  const seen: number[] = [];
  for await (const { seq } of stream) seen.push(seq);
  return seen;
}

describe("followEvents", () => {
  test("ends by itself at thread.completed, though the connection stays open", async () => {
    const { server, transport } = await log(3, () => ({ end: "hang" }));
    await using _ = server;
    expect(await seqs(followEvents(transport, "a:b", {}))).toEqual([1, 2, 3]);
    expect(server.request).toMatchObject({ url: "/v1/delegations/a%3Ab/events", headers: { accept: "text/event-stream" } });
    await server.request.closed;
  });

  test("a stream that is cut again and again is taken up after its last event: none is lost or doubled", async () => {
    const { server, transport, waits } = await log(20, (_, stream) => ({ events: 2, end: stream % 2 === 0 ? "drop" : "close" }));
    await using _ = server;
    expect(await seqs(followEvents(transport, "t"))).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(server.requests.map(({ headers }) => headers["last-event-id"])).toEqual([
      "0",
      "2",
      "4",
      "6",
      "8",
      "10",
      "12",
      "14",
      "16",
      "18",
    ]);
    expect(waits).toEqual([]);
  });

  test("events that were seen before are not given again", async () => {
    const { server, transport } = await log(4, () => ({ writes: [event(2), event(3), event(3), event(4, "thread.completed")] }));
    await using _ = server;
    expect(await seqs(followEvents(transport, "t", { after: 2 }))).toEqual([3, 4]);
  });

  test("nothing more to come, or a deleted task, is the end", async () => {
    const { server, transport } = await log(5, () => ({}));
    await using _ = server;
    expect(await seqs(followEvents(transport, "t", { after: 5 }))).toEqual([]);
    const deleted = await log(5, () => ({ writes: [event(1), event(2, "thread.deleted")], end: "hang" }));
    await using _deleted = deleted.server;
    expect(await seqs(followEvents(deleted.transport, "t"))).toEqual([1, 2]);
  });

  test("streams that bring nothing are asked for at growing intervals, then given up", async () => {
    const { server, transport, waits } = await log(1, () => ({ events: 0 }));
    await using _ = server;
    await expect(seqs(followEvents(transport, "t"))).rejects.toMatchObject({ code: "unreachable" });
    expect(server.requests).toHaveLength(6);
    expect(waits).toHaveLength(5);
  });

  test("a stream with only comments is alive: it is asked for again for as long as it takes", async () => {
    const { server, transport, waits } = await log(1, (_, stream) => (stream < 10 ? { writes: [": keep-alive\n\n"] } : {}));
    await using _ = server;
    expect(await seqs(followEvents(transport, "t"))).toEqual([1]);
    expect(waits).toEqual([]);
  });

  test("an unknown task is refused, and an event that is no JSON too", async () => {
    const unknown = { status: 404, headers: {}, writes: [JSON.stringify({ code: "not_found", detail: "None." })] };
    const { server, transport } = await log(1, (_, stream) => (stream === 0 ? unknown : { writes: ["data: {\n\n"] }));
    await using _ = server;
    await expect(seqs(followEvents(transport, "t"))).rejects.toMatchObject({ code: "not_found" });
    await expect(seqs(followEvents(transport, "t"))).rejects.toMatchObject({ code: "unexpected_answer" });
  });

  test("a signal ends it with its reason and closes the connection", async () => {
    const { server, transport } = await log(9, () => ({ events: 1, end: "hang" }));
    await using _ = server;
    const controller = new AbortController();
    const reason = new Error("enough");
    const stream = followEvents(transport, "t", { signal: controller.signal });
    expect((await stream.next()).value).toMatchObject({ seq: 1 });
    controller.abort(reason);
    await expect(stream.next()).rejects.toBe(reason);
    await server.request.closed;
  });
});
