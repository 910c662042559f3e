import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DelegationStore } from "../../../../src/delegations/delegation-store.ts";
import type { DelegationEvent, EventBody } from "../../../../src/delegations/events.ts";
import { EventLog } from "../../../../src/delegations/log/event-log.ts";
import { MemoryRows } from "../../../support/memory-rows.ts";
import { eventsOf, T0 } from "../delegating.ts";

const delta = (text: string, id = "item_1_1"): EventBody => ({
  type: "item.updated",
  item: { id, type: "agent_message" },
  delta: text,
});
const message = (text: string, id = "item_1_1"): EventBody => ({
  type: "item.completed",
  item: { id, type: "agent_message", text },
});
const started: EventBody = { type: "thread.started" };

function logOn(rows = new MemoryRows()) {
  return { rows, log: new EventLog("task-1", new DelegationStore(rows)) };
}

const seqs = (log: EventLog): number[] => eventsOf({ log }).map(({ seq }) => seq);
const anyEvent = fc.oneof(
  fc.constant(started),
  fc.string().map((text) => delta(text)),
  fc.string().map((text) => delta(text, "item_1_2")),
  fc.string({ unit: "binary", maxLength: 50 }).map((text) => message(text)),
);
/** What is appended between two flushes; `reload` = the object is killed after it. */
const anyHistory = fc.array(fc.record({ events: fc.array(anyEvent, { maxLength: 8 }), reload: fc.boolean() }), { maxLength: 10 });

describe("EventLog", () => {
  test("an event has no number and is not shown before it is stored", () => {
    const { log } = logOn();
    log.append(started, T0);
    expect(log.next).toBe(1);
    expect(log.read(0)).toBeUndefined();
    log.flush();
    expect(log.next).toBe(2);
    expect(eventsOf({ log })).toEqual([{ seq: 1, at: "2026-11-22T10:00:00.000Z", task_id: "task-1", type: "thread.started" }]);
  });

  test("deltas of one item that wait together are stored as one, in order", () => {
    const { log } = logOn();
    for (const text of ["a", "b", "c"]) log.append(delta(text), T0);
    log.append(delta("x", "item_1_2"), T0);
    log.append(delta("d"), T0);
    log.flush();
    log.append(delta("e"), T0);
    log.flush();
    const stored = eventsOf({ log }).map((event) => (event.type === "item.updated" ? [event.item.id, event.delta] : event.type));
    expect(stored).toEqual([
      ["item_1_1", "abc"],
      ["item_1_2", "x"],
      ["item_1_1", "d"],
      ["item_1_1", "e"],
    ]);
  });

  test("never changes the event it was given", () => {
    const { log } = logOn();
    const first = delta("a");
    log.append(first, T0);
    log.append(delta("b"), T0);
    expect(first).toEqual(delta("a"));
  });

  test("goes on counting where another instance left off, and loses only what waited", () => {
    const { log, rows } = logOn();
    log.append(started, T0);
    log.append(message("kept"), T0);
    log.flush();
    log.append(message("lost"), T0);
    const { log: again } = logOn(rows);
    expect(again.next).toBe(3);
    again.append(message("new"), T0);
    again.flush();
    expect(seqs(again)).toEqual([1, 2, 3]);
    expect(JSON.stringify(eventsOf({ log: again }))).not.toContain("lost");
  });

  test("packs many events in one row", () => {
    const { log, rows } = logOn();
    for (let index = 0; index < 500; index += 1) log.append(message(String(index)), T0);
    log.flush();
    expect(rows.keys).toHaveLength(1);
    expect(log.next).toBe(501);
  });

  test("splits what is too much for one read, without a gap", () => {
    const { log, rows } = logOn();
    for (let index = 0; index < 10; index += 1) log.append(message("x".repeat(60_000)), T0);
    log.flush();
    expect(rows.keys).toHaveLength(3);
    expect(seqs(log)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(log.read(0)?.lines).toHaveLength(4);
  });

  test("stores a text larger than any row", () => {
    const { log } = logOn();
    const text = "限".repeat(3_000_000);
    log.append(message(text), T0);
    log.append(started, T0);
    log.flush();
    const [event, next] = eventsOf({ log });
    expect(event?.type === "item.completed" && event.item.text === text).toBe(true);
    expect(next?.seq).toBe(2);
  });

  test("says which packs hold a completed message, each once", () => {
    const { log } = logOn();
    log.append(started, T0);
    expect(log.flush()).toEqual([]);
    log.append(message("x".repeat(250_000)), T0);
    log.append(delta("y", "item_1_2"), T0);
    log.append(message("y", "item_1_2"), T0);
    log.append(message("z", "item_1_3"), T0);
    expect(log.flush()).toEqual([2, 3]);
    expect(log.flush()).toEqual([]);
  });

  test("a thought is no message", () => {
    const { log } = logOn();
    log.append({ type: "item.completed", item: { id: "item_1_1", type: "reasoning", text: "hm" } }, T0);
    expect(log.flush()).toEqual([]);
  });

  test("a flush with nothing to store writes nothing and wakes nobody", async () => {
    const { log, rows } = logOn();
    let woken = false;
    void log.changed().then(() => {
      woken = true;
    });
    log.flush();
    await Promise.resolve();
    expect([rows.writes, woken]).toEqual([0, false]);
  });

  test("whoever waits is woken once something is stored", async () => {
    const { log } = logOn();
    const changed = log.changed();
    log.append(started, T0);
    log.flush();
    await changed;
    expect(log.read(0)?.last).toBe(1);
    expect(log.changed()).not.toBe(changed);
  });

  test("counts what waits, so that it can be stored before it is too much", () => {
    const { log } = logOn();
    log.append(delta("x".repeat(3_000)), T0);
    log.append(delta("x".repeat(2_000)), T0);
    expect(log.waiting).toBe(5_000);
    log.flush();
    expect(log.waiting).toBe(0);
  });

  test("keeps the checkpoint with the text it belongs to", () => {
    const { log, rows } = logOn();
    const checkpoint = { attempt: 1, usage: undefined, model: "model-1", request_id: undefined, first_token_at: T0 };
    log.append(delta("a"), T0);
    log.flush(checkpoint);
    expect(logOn(rows).log.read(0)?.checkpoint).toEqual(checkpoint);
  });

  test("numbers are 1, 2, 3 … without a gap, however it is packed and whenever the object is killed", () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const rows = new MemoryRows();
        let { log } = logOn(rows);
        for (const { events, reload } of history) {
          for (const event of events) log.append(event, T0);
          if (reload) log = logOn(rows).log;
          else log.flush();
        }
        expect(seqs(log)).toEqual(Array.from({ length: log.next - 1 }, (_, index) => index + 1));
      }),
    );
  });

  test("reading from any place gives exactly the rest", () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const { log } = logOn();
        for (const { events } of history) {
          for (const event of events) log.append(event, T0);
          log.flush();
        }
        const all = eventsOf({ log });
        for (let after = 0; after <= all.length; after += 1) expect(readAll(log, after)).toEqual(all.slice(after));
        expect(log.read(all.length + 5)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });
});

function readAll(log: EventLog, after: number): DelegationEvent[] {
  const events: DelegationEvent[] = [];
  let cursor = after;
  for (let page = log.read(cursor); page !== undefined; page = log.read(cursor)) {
    events.push(...page.lines.map((line) => JSON.parse(line) as DelegationEvent));
    cursor = page.last;
  }
  return events;
}
