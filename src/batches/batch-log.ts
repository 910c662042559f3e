import type { BatchCounts, BatchStatus } from "./batch.ts";
import type { BatchEvent } from "./batch-event.ts";
import type { BatchStore, StoredEvents } from "./batch-store.ts";

/** What the log's lines are made of besides its rows. */
type Told = { batch_id: string; taskIds: readonly string[]; next: () => number; ending: () => EndOfBatch };
type EndOfBatch = { status: BatchStatus; counts: BatchCounts };

/** The gap-free log of a batch. Its lines are made when they are read, so that a text deleted later is not in them. */
export class BatchLog {
  readonly #store: BatchStore;
  readonly #told: Told;
  #wake: () => void = () => {};
  #changed = this.#untilChanged();

  constructor(store: BatchStore, told: Told) {
    this.#store = store;
    this.#told = told;
  }

  /** Resolves when something was stored, or when `notify` was called. */
  changed(): Promise<void> {
    return this.#changed;
  }

  notify(): void {
    this.#wake();
    this.#changed = this.#untilChanged();
  }

  /** The lines after `seq` that were stored together; undefined when there are none (yet). */
  read(after: number): { lines: string[]; last: number } | undefined {
    if (after + 1 >= this.#told.next()) return undefined;
    const events = this.#store.eventsWith(after + 1);
    if (events === undefined) return undefined;
    const lines = this.#events(events).slice(after + 1 - events.first);
    return { lines: lines.map((event) => JSON.stringify(event)), last: after + lines.length };
  }

  #events(stored: StoredEvents): BatchEvent[] {
    const at = new Date(stored.at).toISOString();
    const head = { seq: stored.first, at, batch_id: this.#told.batch_id };
    if (stored.kind === "completed") return [{ ...head, type: "batch.completed", ...this.#told.ending() }];
    if (stored.kind === "ended") {
      const { report } = stored;
      return [{ ...head, type: "task.completed", task_id: report.task_id, delegation: report }];
    }
    return stored.tasks.map((index, place) => {
      const task_id = this.#told.taskIds[index] ?? "";
      return { ...head, seq: stored.first + place, type: "task.started", task_id };
    });
  }

  #untilChanged(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
