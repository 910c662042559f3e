import type { DelegationSpec } from "../delegations/delegation-rpc.ts";
import { chunkedText, deleteRows, type KeyValue, type StoredText, wholeText } from "../delegations/log/chunked-text.ts";
import { type EventGroup, EventGroups } from "../delegations/log/event-groups.ts";
import type { TaskReport } from "../delegations/task-report.ts";
import type { BatchSpec } from "./batch-rpc.ts";
import { type BatchSpent, NOTHING_SPENT, withSpent } from "./batch-spent.ts";

/** Several specs share a row of about this many characters. */
const PART_CHARACTERS = 400_000;

/** What never changes; `parts` are the indexes of the first task of each stored part. */
export type BatchHeader = Omit<BatchSpec, "tasks"> & { parts: number[] };

/** What changes as tasks are sent, started and ended. Times are milliseconds since the epoch. */
export type BatchProgress = {
  /** A letter a task. */
  phases: string;
  /** The number of the next event. */
  next: number;
  cancelled_by: string | null;
  /** When what was sent and not started is sent again; null while nothing is. */
  resend_at: number | null;
  /** How often that was so without anything being started in between. */
  resends: number;
  completed_at: number | null;
  /** Grows with every change: orders what the list is told. */
  version: number;
  /** When the list is told of counts that changed; null when it knows. */
  list_at: number | null;
  spent: BatchSpent;
};

/** Batches of older versions have less. */
type StoredProgress = Omit<BatchProgress, "version" | "list_at" | "spent"> & Partial<BatchProgress>;
/** What stays of a batch whose retention is over. */
export type ErasedBatch = { workspace: string; batch_id: string };

/** Events of one moment, numbered from `first`. */
export type StoredEvents = EventGroup &
  ({ kind: "started"; tasks: number[] } | { kind: "ended"; report: TaskReport } | { kind: "completed" });

/** Typed access to one batch's rows. Constructing it writes nothing. */
export class BatchStore {
  readonly events: EventGroups<StoredEvents>;
  readonly #rows: KeyValue;

  constructor(rows: KeyValue) {
    this.#rows = rows;
    this.events = new EventGroups(rows);
  }

  header(): BatchHeader | undefined {
    return this.#rows.get<BatchHeader>("batch");
  }

  taskIds(): string[] {
    return this.#rows.get<string[]>("ids") ?? [];
  }

  putBatch({ tasks, ...rest }: BatchSpec): BatchHeader {
    const parts: number[] = [];
    let lines: string[] = [];
    let size = 0;
    for (const [index, task] of tasks.entries()) {
      const line = JSON.stringify(task);
      if (lines.length > 0 && size + line.length > PART_CHARACTERS) {
        this.#putPart(parts.length - 1, lines);
        lines = [];
        size = 0;
      }
      if (lines.length === 0) parts.push(index);
      lines.push(line);
      size += line.length;
    }
    this.#putPart(parts.length - 1, lines);
    const header = { ...rest, parts };
    this.#rows.put("batch", header);
    this.#rows.put(
      "ids",
      tasks.map(({ task_id }) => task_id),
    );
    return header;
  }

  /** The specs of the tasks with these indexes (ascending), each part read once. */
  specs({ parts }: BatchHeader, indexes: readonly number[]): DelegationSpec[] {
    const byPart = Map.groupBy(indexes, (index) => parts.findLastIndex((first) => first <= index));
    return [...byPart].flatMap(([part, wanted]) => {
      const lines = this.#part(part);
      return wanted.flatMap((index) => {
        const line = lines[index - (parts[part] ?? 0)];
        return line === undefined ? [] : [JSON.parse(line) as DelegationSpec];
      });
    });
  }

  /** Nothing is started from here any more: the tasks' own objects have the texts. */
  dropSpecs(): void {
    for (const prefix of ["specs/", "chunk/specs/"]) deleteRows(this.#rows, prefix);
  }

  progress(): BatchProgress | undefined {
    const stored = this.#rows.get<StoredProgress>("progress");
    return stored && { version: 0, list_at: null, ...stored, spent: stored.spent ?? this.#spent() };
  }

  putProgress(progress: BatchProgress): void {
    this.#rows.put("progress", progress);
  }

  /** How every ended task ended, in the order in which they did. */
  *ended(): Iterable<StoredEvents & { kind: "ended" }> {
    for (const events of this.events.all()) if (events.kind === "ended") yield events;
  }

  erased(): ErasedBatch | undefined {
    return this.#rows.get<ErasedBatch>("erased");
  }

  /** Leaves one row, which says that it was. */
  erase({ workspace, batch_id }: ErasedBatch): void {
    for (const prefix of ["specs/", "chunk/", "event/", "outbox/", "batch", "ids", "progress"]) deleteRows(this.#rows, prefix);
    this.#rows.put<ErasedBatch>("erased", { workspace, batch_id });
  }

  #spent(): BatchSpent {
    return [...this.ended()].reduce((spent, { report }) => withSpent(spent, report), NOTHING_SPENT);
  }

  #putPart(part: number, lines: readonly string[]): void {
    const key = `specs/${part}`;
    this.#rows.put(key, chunkedText(this.#rows, key, lines.join("\n")));
  }

  #part(part: number): string[] {
    const key = `specs/${part}`;
    return wholeText(this.#rows, key, this.#rows.get<StoredText>(key))?.split("\n") ?? [];
  }
}
