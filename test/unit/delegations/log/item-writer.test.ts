import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EventBody } from "../../../../src/delegations/events.ts";
import { ItemWriter } from "../../../../src/delegations/log/item-writer.ts";
import { T0, usage } from "../delegating.ts";

function writing(attempt = 1) {
  const events: EventBody[] = [];
  const clock = { now: T0 };
  return {
    events,
    clock,
    writer: new ItemWriter(
      attempt,
      (event) => events.push(event),
      () => clock.now,
    ),
  };
}

const kinds = (events: EventBody[]) =>
  events.map((event) => ("item" in event ? `${event.type} ${event.item.id} ${event.item.type}` : event.type));

describe("ItemWriter", () => {
  test("makes one item of a run of text, and completes it with all of it", () => {
    const { writer, events } = writing(3);
    writer.text("Hel");
    writer.text("lo");
    writer.end();
    expect(events).toEqual([
      { type: "item.started", item: { id: "item_3_1", type: "agent_message" } },
      { type: "item.updated", item: { id: "item_3_1", type: "agent_message" }, delta: "Hel" },
      { type: "item.updated", item: { id: "item_3_1", type: "agent_message" }, delta: "lo" },
      { type: "item.completed", item: { id: "item_3_1", type: "agent_message", text: "Hello" } },
    ]);
  });

  test("thinking ends a text and a text ends thinking, each as an item with an id of its own", () => {
    const { writer, events } = writing();
    writer.reasoning("hm");
    writer.text("yes");
    writer.reasoning("but");
    writer.end();
    expect(kinds(events).filter((kind) => !kind.startsWith("item.updated"))).toEqual([
      "item.started item_1_1 reasoning",
      "item.completed item_1_1 reasoning",
      "item.started item_1_2 agent_message",
      "item.completed item_1_2 agent_message",
      "item.started item_1_3 reasoning",
      "item.completed item_1_3 reasoning",
    ]);
    expect(writer.answer).toBe("yes");
  });

  test("an empty piece is nothing: no item, no first token", () => {
    const { writer, events } = writing();
    writer.text("");
    writer.reasoning("");
    writer.end();
    expect(events).toEqual([]);
    expect(writer.firstTokenAt).toBeUndefined();
  });

  test("the first token is the first of text or thinking", () => {
    const { writer, clock } = writing();
    writer.answering({ model: "model-1" });
    clock.now += 5;
    writer.reasoning("hm");
    clock.now += 5;
    writer.text("yes");
    expect(writer.firstTokenAt).toBe(T0 + 5);
  });

  test("ending twice completes once", () => {
    const { writer, events } = writing();
    writer.text("x");
    writer.end();
    writer.end();
    expect(events.filter(({ type }) => type === "item.completed")).toHaveLength(1);
  });

  test("keeps the latest counts, and the model and request id once they were named", () => {
    const { writer } = writing();
    writer.answering({ model: "model-1" });
    writer.answering({ requestId: "req_1" });
    writer.usage(usage(1, 0));
    writer.usage(usage(1, 9));
    expect([writer.modelSeen, writer.requestIdSeen, writer.usageSeen]).toEqual(["model-1", "req_1", usage(1, 9)]);
  });

  test("the deltas of each item join to its completed text, and the messages to the answer, for any stream", () => {
    const piece = fc.record({
      kind: fc.constantFrom("text" as const, "reasoning" as const),
      delta: fc.string({ unit: "binary" }),
    });
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const { writer, events } = writing();
        for (const { kind, delta } of pieces) writer[kind](delta);
        writer.end();
        const joined = textsOf(events, "item.updated");
        expect(textsOf(events, "item.completed")).toEqual(joined);
        const said = pieces.filter(({ kind }) => kind === "text").map(({ delta }) => delta);
        expect(writer.answer).toBe(said.join(""));
        expect(joined.size).toBe(events.filter(({ type }) => type === "item.started").length);
        expect([...joined.values()].join("")).toHaveLength(pieces.map(({ delta }) => delta).join("").length);
      }),
    );
  });
});

/** The text of every item by its id, as its deltas or its completion tell it. */
function textsOf(events: EventBody[], type: "item.updated" | "item.completed"): Map<string, string> {
  const texts = new Map<string, string>();
  for (const event of events) {
    if (event.type !== type) continue;
    const piece = event.type === "item.updated" ? event.delta : (event.item.text ?? "");
    texts.set(event.item.id, (texts.get(event.item.id) ?? "") + piece);
  }
  return texts;
}
