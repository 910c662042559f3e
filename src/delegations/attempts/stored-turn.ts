import type { Checkpoint } from "../delegation-store.ts";
import type { EventBody } from "../events.ts";
import type { EventLog } from "../log/event-log.ts";

/** What the log holds of one attempt. */
export type StoredTurn = {
  /** Its `turn.started` was stored. */
  started: boolean;
  /** What the vendor had reported when text was last stored. */
  checkpoint: Checkpoint | undefined;
  /** The item that was begun and not completed, with the text stored of it. */
  openItem: { id: string; type: "agent_message" | "reasoning"; text: string } | undefined;
};

/** Reads back what was stored of an attempt, after its object was killed. */
export function storedTurn(log: EventLog, number: number): StoredTurn {
  const turn: StoredTurn = { started: false, checkpoint: undefined, openItem: undefined };
  let cursor = 0;
  for (let page = log.read(cursor); page !== undefined; page = log.read(cursor)) {
    cursor = page.last;
    if (page.checkpoint?.attempt === number) turn.checkpoint = page.checkpoint;
    for (const line of page.lines) follow(turn, JSON.parse(line) as EventBody, number);
  }
  return turn;
}

function follow(turn: StoredTurn, event: EventBody, number: number): void {
  if (event.type === "turn.started" && event.number === number) turn.started = true;
  if (event.type === "item.started" && event.item.id.startsWith(`item_${number}_`)) {
    turn.openItem = { id: event.item.id, type: event.item.type === "reasoning" ? "reasoning" : "agent_message", text: "" };
  }
  if (event.type === "item.updated" && event.item.id === turn.openItem?.id) turn.openItem.text += event.delta;
  if (event.type === "item.completed" && event.item.id === turn.openItem?.id) turn.openItem = undefined;
}
