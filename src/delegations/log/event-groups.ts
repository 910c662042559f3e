import type { KeyValue } from "./chunked-text.ts";

/** Events of one moment, stored as one row and numbered from `first`; `at` is milliseconds since the epoch. */
export type EventGroup = { first: number; at: number };

const keyOf = (first: number): string => `event/${String(first).padStart(12, "0")}`;

/** The rows of a log whose lines are made when they are read. Constructing it writes nothing. */
export class EventGroups<Group extends EventGroup> {
  readonly #rows: KeyValue;

  constructor(rows: KeyValue) {
    this.#rows = rows;
  }

  put(group: Group): void {
    this.#rows.put(keyOf(group.first), group);
  }

  /** The events among which is `seq`. */
  holding(seq: number): Group | undefined {
    const [entry] = this.#rows.list<Group>({ prefix: "event/", end: keyOf(seq + 1), reverse: true, limit: 1 });
    return entry?.[1];
  }

  /** All of them, in the order in which they happened. */
  *all(): Iterable<Group> {
    for (const [, group] of this.#rows.list<Group>({ prefix: "event/" })) yield group;
  }
}
