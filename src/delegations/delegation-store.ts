import type { AttemptRow, DelegationRow } from "../db/save-delegation.ts";
import type { Usage } from "../providers/provider.ts";
import type { DelegationSpec } from "./delegation-rpc.ts";
import type { DelegationState } from "./delegation-state.ts";

/** The part of a Durable Object's storage that is used: synchronous, and durable before anything leaves the object. */
export type KeyValue = {
  get<T>(key: string): T | undefined;
  put<T>(key: string, value: T): void;
  delete(key: string): boolean;
  list<T>(options: {
    prefix: string;
    startAfter?: string;
    end?: string;
    reverse?: boolean;
    limit?: number;
  }): Iterable<[string, T]>;
};

/** Two bytes a character at worst: a row stays under 1 MB, whatever the text (the platform refuses rows over 2 MB). */
const CHUNK_CHARACTERS = 500_000;
const LIST_PAGE = 64;

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

type StoredPack = { first: number; lines: string | number; checkpoint?: Checkpoint };
/** What stays of a deleted task: that it was, and its books. */
export type Tombstone = { row: DelegationRow; attempts: AttemptRow[] };

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
    const text = this.#text("spec", this.#rows.get<string | number>("spec"));
    return text === undefined ? undefined : (JSON.parse(text) as DelegationSpec);
  }

  putSpec(spec: DelegationSpec): void {
    this.#rows.put("spec", this.#chunked("spec", JSON.stringify(spec)));
  }

  erased(): Tombstone | undefined {
    return this.#rows.get<Tombstone>("erased");
  }

  /** Leaves one row: the tombstone. */
  erase(tombstone: Tombstone): void {
    for (const prefix of ["chunk/", "log/", "outbox/", "spec", "state"]) this.#deleteAll(prefix);
    this.#rows.put("erased", tombstone);
  }

  putPack(pack: LogPack): void {
    const key = logKey(pack.first);
    const lines = this.#chunked(key, pack.lines);
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
    const lines = this.#text(logKey(stored.first), stored.lines) ?? "";
    return { first: stored.first, lines, checkpoint: stored.checkpoint };
  }

  /** Stores what does not fit one row in rows of its own; returns what the row itself keeps: the text, or how many chunks. */
  #chunked(key: string, text: string): string | number {
    if (text.length <= CHUNK_CHARACTERS) return text;
    const chunks = Math.ceil(text.length / CHUNK_CHARACTERS);
    for (let index = 0; index < chunks; index += 1) {
      this.#rows.put(`chunk/${key}/${index}`, text.slice(index * CHUNK_CHARACTERS, (index + 1) * CHUNK_CHARACTERS));
    }
    return chunks;
  }

  #text(key: string, stored: string | number | undefined): string | undefined {
    if (typeof stored !== "number") return stored;
    return Array.from({ length: stored }, (_, index) => this.#rows.get<string>(`chunk/${key}/${index}`) ?? "").join("");
  }

  #deleteAll(prefix: string): void {
    for (;;) {
      const keys = [...this.#rows.list({ prefix, limit: LIST_PAGE })].map(([key]) => key);
      for (const key of keys) this.#rows.delete(key);
      if (keys.length < LIST_PAGE) return;
    }
  }
}
