import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { DelegationProtocol } from "../../../src/delegations/delegation-rpc.ts";
import { eventsOf, finalOf, freshId, objectOf, runToEnd, specOf } from "../../support/delegation-object.ts";

type Frame = { id: number; event: string; data: { seq: number; type: string; delta?: string } };

/** Reads a stream until it ends, or until `enough` frames have come; then lets go of it. */
async function frames(stub: DelegationProtocol, after: number, enough = Number.POSITIVE_INFINITY): Promise<Frame[]> {
  const outcome = await stub.events(after, "sse");
  if (outcome.kind !== "stream") throw new Error(`the events are ${outcome.kind}`);
  const reader = outcome.stream.pipeThrough(new TextDecoderStream()).getReader();
  const seen: Frame[] = [];
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    text += value ?? "";
    const complete = text.split("\n\n");
    text = complete.pop() ?? "";
    seen.push(...complete.filter((frame) => frame.startsWith("id: ")).map(parsed));
    if (done || seen.length >= enough) break;
  }
  await reader.cancel();
  return seen;
}

function parsed(frame: string): Frame {
  const fields = Object.fromEntries(
    frame.split("\n").map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]),
  );
  return { id: Number(fields.id), event: fields.event ?? "", data: JSON.parse(fields.data ?? "{}") };
}

const streaming = { text: "abcdefghij".repeat(60), delta_chars: 10, delay_ms: 10 } as const;

describe("events", () => {
  test("are streamed while the vendor answers, and end after thread.completed", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(specOf(id, simulate(streaming, id)));
    const live = await frames(stub, 0);
    expect(live.at(-1)?.event).toBe("thread.completed");
    expect(live.filter((frame) => frame.event === "item.updated").length).toBeGreaterThan(3);
    expect(live.map((frame) => frame.data)).toEqual(await eventsOf(stub));
  });

  test("cut anywhere and resumed by the last id are neither lost nor doubled", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(specOf(id, simulate(streaming, id)));
    const seen: Frame[] = [];
    while (seen.at(-1)?.event !== "thread.completed") {
      const next = await frames(stub, seen.at(-1)?.id ?? 0, 2);
      seen.push(...next);
    }
    expect(seen.map((frame) => frame.id)).toEqual(seen.map((_frame, index) => index + 1));
    const text = seen.map((frame) => (frame.event === "item.updated" ? (frame.data.delta ?? "") : "")).join("");
    expect(text).toBe((await finalOf(stub)).output);
  });

  test("are the same for ten viewers at once", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(specOf(id, simulate(streaming, id)));
    const all = await Promise.all(Array.from({ length: 10 }, () => frames(objectOf(id), 0)));
    for (const one of all) expect(one).toEqual(all[0]);
  });

  test("have ended for whoever has seen the last one", async () => {
    const id = freshId();
    await runToEnd(specOf(id, simulate({ text: "x" }, id)));
    const stub = objectOf(id);
    const last = (await eventsOf(stub)).length;
    expect(await stub.events(last, "sse")).toEqual({ kind: "ended" });
    expect((await frames(stub, last - 1)).map((frame) => frame.event)).toEqual(["thread.completed"]);
  });

  test("tell a viewer of a task that is deleted under it", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(specOf(id, simulate({ ...streaming, delay_ms: 50 }, id)));
    const watching = frames(stub, 0);
    await expect.poll(async () => (await eventsOf(stub)).length).toBeGreaterThan(3);
    expect(await stub.erase("owner")).toEqual({ kind: "erased" });
    const events = (await watching).map((frame) => frame.event);
    expect(["thread.completed", "thread.deleted"]).toContain(events.at(-1));
  });

  test("of half a megabyte arrive whole, and so does the output", async () => {
    const id = freshId();
    const done = await runToEnd(specOf(id, simulate({ text: "0123456789".repeat(1_000), repeat: 60, delta_chars: 5_000 }, id)));
    expect(done.output).toHaveLength(600_000);
    const deltas = (await frames(objectOf(id), 0)).map((frame) => frame.data.delta ?? "");
    expect(deltas.join("")).toBe(done.output);
  });
});

describe("read", () => {
  test("waits until the task is final, or as long as it was told", async () => {
    const id = freshId();
    const stub = objectOf(id);
    await stub.start(specOf(id, simulate({ text: "x", first_ms: 3_000 }, id)));
    expect(await stub.read(1)).toMatchObject({ delegation: { completed_at: null } });
    const waited = await Promise.all(Array.from({ length: 10 }, () => stub.read(50_000)));
    for (const outcome of waited) expect(outcome).toMatchObject({ delegation: { status: "completed" } });
  });
});
