import type { DelegationEvent } from "../../delegations/events.ts";

/** What has come of the attempt that is running, or ran last: the answer, and the thinking before it. */
export type LogText = { answer: string; thinking: string; lastSeq: number };

/** The texts that a log tells piece by piece; an attempt begins both anew. */
export function logText(events: readonly DelegationEvent[]): LogText {
  const begun = events.findLastIndex(({ type }) => type === "turn.started");
  const textOf = (type: string) =>
    events
      .slice(begun + 1)
      .map((event) => (event.type === "item.updated" && event.item.type === type ? event.delta : ""))
      .join("");
  return { answer: textOf("agent_message"), thinking: textOf("reasoning"), lastSeq: events.at(-1)?.seq ?? 0 };
}
