import type { JournalEntry } from "./scenario.ts";

const ENTRIES_KEPT = 20_000;
const BODY_BYTES_KEPT = 64 * 1024 * 1024;

export type Stats = { in_flight: number; max_in_flight: number; total: number };

/** The requests of the vendors' work (no probes, no polls of the control API), newest kept; every method costs O(1). */
export class Journal {
  #entries: { entry: JournalEntry; bytes: number }[] = [];
  #first = 0;
  #bytes = 0;
  #number = 0;
  #total = 0;
  #inFlight = 0;
  #maxInFlight = 0;

  /** Enters a request that has arrived; `bytes` is the size of its body. The caller fills `status` and calls `end`. */
  arrive(request: Omit<JournalEntry, "number" | "arrived_at" | "ended_at" | "ended_by" | "status">, bytes: number): JournalEntry {
    this.#number++;
    const entry = { number: this.#number, ...request, arrived_at: Date.now(), ended_at: null, ended_by: null, status: null };
    this.#entries.push({ entry, bytes });
    this.#bytes += bytes;
    this.#total++;
    this.#inFlight++;
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight);
    this.#forget();
    return entry;
  }

  end(entry: JournalEntry, endedBy: NonNullable<JournalEntry["ended_by"]>): void {
    if (entry.ended_at !== null) return;
    entry.ended_at = Date.now();
    entry.ended_by = endedBy;
    this.#inFlight--;
  }

  /** In the order of arrival; with `after`, only the entries numbered higher. */
  entries(after = 0): JournalEntry[] {
    return this.#entries.slice(this.#first).flatMap(({ entry }) => (entry.number > after ? [entry] : []));
  }

  stats(): Stats {
    return { in_flight: this.#inFlight, max_in_flight: this.#maxInFlight, total: this.#total };
  }

  /** Forgets the entries and the totals; requests still in flight stay counted. */
  reset(): void {
    this.#entries = [];
    this.#first = 0;
    this.#bytes = 0;
    this.#total = 0;
    this.#maxInFlight = this.#inFlight;
  }

  #forget(): void {
    while (this.#entries.length - this.#first > ENTRIES_KEPT || this.#bytes > BODY_BYTES_KEPT) {
      const oldest = this.#entries[this.#first];
      if (oldest === undefined || this.#first === this.#entries.length - 1) break;
      this.#bytes -= oldest.bytes;
      this.#first++;
    }
    if (this.#first > ENTRIES_KEPT) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }
}
