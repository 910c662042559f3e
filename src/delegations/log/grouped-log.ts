import type { EventGroup, EventGroups } from "./event-groups.ts";
import { EventStream, type ReadableLog } from "./event-stream.ts";

/** What the log's lines are made of besides its rows. */
type Told<Group> = {
  /** The number of the next event. */
  next: () => number;
  isOver: () => boolean;
  /** The events of a group, in order; the log numbers them. */
  eventsOf: (group: Group) => object[];
};

/**
 * The gap-free log of many tasks that belong together, for those who read it and those who wait for a change. Its lines are
 * made when they are read, so that a text deleted later is not in them.
 */
export class GroupedLog<Group extends EventGroup> implements ReadableLog {
  readonly #groups: EventGroups<Group>;
  readonly #told: Told<Group>;
  #wake: () => void = () => {};
  #changed = this.#untilChanged();

  constructor(groups: EventGroups<Group>, told: Told<Group>) {
    this.#groups = groups;
    this.#told = told;
  }

  changed(): Promise<void> {
    return this.#changed;
  }

  notify(): void {
    this.#wake();
    this.#changed = this.#untilChanged();
  }

  read(after: number): { lines: string[]; last: number } | undefined {
    if (after + 1 >= this.#told.next()) return undefined;
    const group = this.#groups.holding(after + 1);
    if (group === undefined) return undefined;
    const at = new Date(group.at).toISOString();
    const numbered = this.#told.eventsOf(group).map((event, place) => ({ seq: group.first + place, at, ...event }));
    const lines = numbered.slice(after + 1 - group.first).map((event) => JSON.stringify(event));
    return { lines, last: after + lines.length };
  }

  /** A reader of the log; undefined when it has seen the end already. */
  stream(after: number, format: "sse" | "ndjson"): ReadableStream<Uint8Array> | undefined {
    const next = this.#told.next();
    const from = Math.min(after, next - 1);
    const follow = format === "sse";
    if (follow && this.#told.isOver() && from + 1 === next) return undefined;
    return new EventStream(this, { after: from, format, follow, onClose: () => undefined }).readable;
  }

  /** Resolves when `isDone` holds after some change, at the latest after `waitMs`. */
  async until(isDone: () => boolean, waitMs: number): Promise<void> {
    if (isDone() || waitMs <= 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isLate = false;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        isLate = true;
        resolve();
      }, waitMs);
    });
    while (!isDone() && !isLate) await Promise.race([this.#changed, late]);
    clearTimeout(timer);
  }

  #untilChanged(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
