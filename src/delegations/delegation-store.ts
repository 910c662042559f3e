import type { AttemptRow, DelegationRow } from "../db/save-delegation.ts";
import type { Usage } from "../providers/provider.ts";
import type { DelegationSpec, Listener } from "./delegation-rpc.ts";
import type { DelegationState } from "./delegation-state.ts";
import { chunkedText, deleteRows, type KeyValue, type StoredText, wholeText } from "./log/chunked-text.ts";
import type { TaskReport } from "./task-report.ts";

/** What an interrupted attempt had seen, kept with the text that was stored with it. */
export type Checkpoint = {
  attempt: number;
  usage: Usage | undefined;
  model: string | undefined;
  request_id: string | undefined;
  first_token_at: number | undefined;
};

/** Several events of the log in one row: NDJSON lines of gap-free sequence numbers from `first`. */
export type LogPack = { first: number; lines: string; checkpoint: Checkpoint | undefined };

type StoredPack = { first: number; lines: StoredText; checkpoint?: Checkpoint };
/** What stays of a deleted task: that it was, its books, and who is told of it. */
export type Tombstone = {
  row: DelegationRow;
  attempts: AttemptRow[];
  key_id?: string;
  webhook_url?: string;
  told?: { listeners: Listener[]; report: TaskReport };
};

const logKey = (first: number): string => `log/${String(first).padStart(12, "0")}`;

/** Typed access to one task's rows. Constructing it writes nothing: asking about an unknown id leaves no database behind. */
export class DelegationStore {
  readonly #rows: KeyValue;

  constructor(rows: KeyValue) {
    this.#rows = rows;
  }

  state(): DelegationState | undefined {
    return this.#rows.get<DelegationState>("state");
  }

  putState(state: DelegationState): void {
    this.#rows.put("state", state);
  }

  spec(): DelegationSpec | undefined {
    const text = wholeText(this.#rows, "spec", this.#rows.get<StoredText>("spec"));
    return text === undefined ? undefined : (JSON.parse(text) as DelegationSpec);
  }

  putSpec(spec: DelegationSpec): void {
    this.#rows.put("spec", chunkedText(this.#rows, "spec", JSON.stringify(spec)));
  }

  erased(): Tombstone | undefined {
    return this.#rows.get<Tombstone>("erased");
  }

  /** Leaves one row: the tombstone. */
  erase(tombstone: Tombstone): void {
    for (const prefix of ["chunk/", "log/", "outbox/", "spec", "state"]) deleteRows(this.#rows, prefix);
    this.#rows.put("erased", tombstone);
  }

  putPack(pack: LogPack): void {
    const key = logKey(pack.first);
    const lines = chunkedText(this.#rows, key, pack.lines);
    this.#rows.put<StoredPack>(key, { first: pack.first, lines, ...(pack.checkpoint && { checkpoint: pack.checkpoint }) });
  }

  /** The pack that holds the event `seq`. */
  packWith(seq: number): LogPack | undefined {
    const [entry] = this.#rows.list<StoredPack>({ prefix: "log/", end: logKey(seq + 1), reverse: true, limit: 1 });
    return entry && this.#pack(entry[1]);
  }

  lastPack(): LogPack | undefined {
    const [entry] = this.#rows.list<StoredPack>({ prefix: "log/", reverse: true, limit: 1 });
    return entry && this.#pack(entry[1]);
  }

  #pack(stored: StoredPack): LogPack {
    const lines = wholeText(this.#rows, logKey(stored.first), stored.lines) ?? "";
    return { first: stored.first, lines, checkpoint: stored.checkpoint };
  }
}
