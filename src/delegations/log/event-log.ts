import type { Checkpoint, DelegationStore } from "../delegation-store.ts";
import type { EventBody } from "../events.ts";

type ReadPack = { first: number; lines: string[]; checkpoint: Checkpoint | undefined };
type Buffered = { body: EventBody; at: number };

/** A pack larger than this (characters) is written as several, so that one read stays small. */
const PACK_CHARACTERS = 200_000;

/**
 * The gap-free log of one task. An event gets its `seq` when it is stored and is shown only after; what is still in the
 * buffer has no number and may be lost by a crash. Deltas of one item that wait together are stored as one.
 */
export class EventLog {
  readonly #taskId: string;
  readonly #store: DelegationStore;
  readonly #buffer: Buffered[] = [];
  #next: number;
  #lastRead: ReadPack | undefined;
  #wake: () => void = () => {};
  #changed: Promise<void>;

  constructor(taskId: string, store: DelegationStore) {
    this.#taskId = taskId;
    this.#store = store;
    const last = store.lastPack();
    this.#next = last === undefined ? 1 : last.first + lineCount(last.lines);
    this.#changed = this.#untilChanged();
  }

  /** The sequence number the next stored event will get. */
  get next(): number {
    return this.#next;
  }

  /** Characters of text that wait to be stored. */
  get waiting(): number {
    return this.#buffer.reduce((sum, { body }) => sum + ("delta" in body ? body.delta.length : 100), 0);
  }

  append(body: EventBody, at: number): void {
    const last = this.#buffer.at(-1);
    if (
      last !== undefined &&
      body.type === "item.updated" &&
      last.body.type === "item.updated" &&
      last.body.item.id === body.item.id
    ) {
      last.body = { ...last.body, delta: last.body.delta + body.delta };
      return;
    }
    this.#buffer.push({ body, at });
  }

  /** Stores what waits. Returns the packs (by their first seq) that hold a completed `agent_message`. Synchronous: one commit with the caller's other writes. */
  flush(checkpoint?: Checkpoint): number[] {
    if (this.#buffer.length === 0) return [];
    const holding: number[] = [];
    let lines: string[] = [];
    let size = 0;
    let first = this.#next;
    const write = () => {
      this.#store.putPack({ first, lines: lines.join("\n"), checkpoint });
      lines = [];
      size = 0;
      first = this.#next;
    };
    for (const { body, at } of this.#buffer.splice(0)) {
      const line = JSON.stringify({ seq: this.#next, at: new Date(at).toISOString(), task_id: this.#taskId, ...body });
      this.#next += 1;
      lines.push(line);
      size += line.length;
      if (body.type === "item.completed" && body.item.type === "agent_message" && holding.at(-1) !== first) holding.push(first);
      if (size >= PACK_CHARACTERS) write();
    }
    if (lines.length > 0) write();
    this.notify();
    return holding;
  }

  /** Resolves when something was stored, or when `notify` was called. */
  changed(): Promise<void> {
    return this.#changed;
  }

  notify(): void {
    this.#wake();
    this.#changed = this.#untilChanged();
  }

  /** The stored lines after `seq`, as many as one pack holds; undefined when there are none (yet). */
  read(after: number): { lines: string[]; last: number; checkpoint: Checkpoint | undefined } | undefined {
    if (after + 1 >= this.#next) return undefined;
    const pack = this.#pack(after + 1);
    if (pack === undefined) return undefined;
    const lines = pack.lines.slice(after + 1 - pack.first);
    return { lines, last: after + lines.length, checkpoint: pack.checkpoint };
  }

  /** Viewers of one task mostly read the same pack: the last one read is kept, and shared by all of them. */
  #pack(seq: number): ReadPack | undefined {
    const kept = this.#lastRead;
    if (kept !== undefined && seq >= kept.first && seq < kept.first + kept.lines.length) return kept;
    const stored = this.#store.packWith(seq);
    this.#lastRead = stored && { first: stored.first, lines: stored.lines.split("\n"), checkpoint: stored.checkpoint };
    return this.#lastRead;
  }

  #untilChanged(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

function lineCount(lines: string): number {
  let count = 1;
  for (let at = lines.indexOf("\n"); at !== -1; at = lines.indexOf("\n", at + 1)) count += 1;
  return count;
}
