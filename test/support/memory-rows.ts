import { serialize } from "node:v8";

/** What the platform refuses in one row of an object's storage. */
const MOST_ROW_BYTES = 2_000_000;

type ListOptions = {
  prefix?: string;
  start?: string;
  startAfter?: string;
  end?: string;
  reverse?: boolean;
  limit?: number;
};

/**
 * A Durable Object's synchronous key-value storage, in memory: keys in order, values copied in and out, rows over 2 MB refused
 * (which a local workerd does not do).
 */
export class MemoryRows {
  /** How many rows were written or deleted since it was made. */
  writes = 0;
  readonly #values = new Map<string, unknown>();

  /** All keys, in order. */
  get keys(): string[] {
    return [...this.#values.keys()].sort();
  }

  get<T>(key: string): T | undefined {
    return structuredClone(this.#values.get(key)) as T | undefined;
  }

  put<T>(key: string, value: T): void {
    const bytes = serialize(value).byteLength;
    if (bytes > MOST_ROW_BYTES) throw new Error(`${key} takes ${bytes} bytes`);
    this.writes += 1;
    this.#values.set(key, structuredClone(value));
  }

  delete(key: string): boolean {
    this.writes += 1;
    return this.#values.delete(key);
  }

  list<T>(options: ListOptions = {}): [string, T][] {
    const { prefix = "", start = "", startAfter, end, reverse = false, limit } = options;
    const keys = this.keys.filter(
      (key) =>
        key.startsWith(prefix) &&
        key >= start &&
        (startAfter === undefined || key > startAfter) &&
        (end === undefined || key < end),
    );
    const ordered = reverse ? keys.reverse() : keys;
    return ordered.slice(0, limit).map((key) => [key, structuredClone(this.#values.get(key)) as T]);
  }

  /** The same rows as another instance of the object would find them. */
  copy(): MemoryRows {
    const copy = new MemoryRows();
    for (const [key, value] of this.#values) copy.#values.set(key, structuredClone(value));
    return copy;
  }
}
