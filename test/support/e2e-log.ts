import { expect } from "vitest";
import type { Delegation } from "../../src/delegations/delegation.ts";
import type { DelegationEvent } from "../../src/delegations/events.ts";

/** The log tells the whole story of an ended task: no gap, every turn begun and ended, every item whole, the output in its deltas. */
export function expectWholeLog(events: readonly DelegationEvent[], final: Delegation): void {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events[0]).toMatchObject({ type: "thread.started" });
  expect(events.at(-1)).toMatchObject({ type: "thread.completed", status: final.status });
  const turns = events.flatMap((event) =>
    "number" in event && event.type !== "turn.warning" ? [[event.type, event.number]] : [],
  );
  expect(turns).toEqual(
    final.attempts.flatMap(({ number, status }) => [
      ["turn.started", number],
      [status === "completed" ? "turn.completed" : "turn.failed", number],
    ]),
  );
  const items = events.flatMap((event) => (event.type === "item.completed" ? [event.item] : []));
  const begun = events.flatMap((event) => (event.type === "item.started" ? [event.item.id] : []));
  expect(items.map(({ id }) => id)).toEqual(begun);
  for (const item of items) expect(textOf(events, item.id)).toBe(item.text);
  if (final.status !== "completed") return;
  const answered = `item_${final.attempts.at(-1)?.number}_`;
  const messages = items.filter(({ id, type }) => type === "agent_message" && id.startsWith(answered));
  expect(messages.map(({ id }) => textOf(events, id)).join("")).toBe(final.output);
}

/** The deltas of an item, put together. */
function textOf(events: readonly DelegationEvent[], itemId: string): string {
  return events.flatMap((event) => (event.type === "item.updated" && event.item.id === itemId ? [event.delta] : [])).join("");
}
