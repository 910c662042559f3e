/** How old an answer may be, in milliseconds: a revoked key works this much longer elsewhere, at most. */
const MOST_AGE_MS = 10_000;
/** From this age on it is asked for again behind the answer, so that steady callers never wait. */
const FRESH_MS = 5_000;
const MOST_KNOWN = 5_000;
const MOST_UNKNOWN = 1_000;

type Entry<T> = { value: T; loadedAt: number; refreshingSince: number };

/** Carries on a work after the answer was given. */
export type Later = (work: Promise<unknown>) => void;

/** Who holds a key: `T`, or undefined when the answer is not at hand or too old. */
export type Glance<T> = { holder: T } | undefined;

/**
 * Who holds which key, as it was at most ten seconds ago; keys that nobody holds too. Both are bounded, the unknown ones apart,
 * so that a flood of them neither fills the memory nor drives out those that are used. Keys are the map's own: it compares
 * seeded hashes of whole texts first, so no time it takes tells how much of a key is right. Requests share answers, never a
 * load under way: that one ends with the request it belongs to.
 */
export class KnownKeys<T> {
  readonly #load: (key: string) => Promise<T | undefined>;
  readonly #now: () => number;
  readonly #known = new Map<string, Entry<T>>();
  readonly #unknown = new Map<string, Entry<undefined>>();
  /** Grows with every write, so that a load begun before it is not kept. */
  #writes = 0;

  constructor(load: (key: string) => Promise<T | undefined>, now: () => number = Date.now) {
    this.#load = load;
    this.#now = now;
  }

  /** What is known without asking; with `later` an answer that will soon be too old is asked for again. */
  glance(key: string, later?: Later): Glance<T | undefined> {
    const entry = this.#known.get(key) ?? this.#unknown.get(key);
    const now = this.#now();
    if (entry === undefined || now - entry.loadedAt >= MOST_AGE_MS) return undefined;
    const isAging = now - entry.loadedAt >= FRESH_MS && now - entry.refreshingSince >= FRESH_MS;
    if (later !== undefined && isAging && entry.value !== undefined) {
      entry.refreshingSince = now;
      // Who comes after its end asks again, and is told what is wrong.
      later(this.ask(key).catch(() => {}));
    }
    return { holder: entry.value };
  }

  /** Whether somebody held this key when it was last asked for, however long ago. */
  wasHeld(key: string): boolean {
    return this.#known.has(key);
  }

  /** Asks, and keeps the answer. */
  async ask(key: string): Promise<T | undefined> {
    const [loadedAt, writes] = [this.#now(), this.#writes];
    const value = await this.#load(key);
    if (writes !== this.#writes) return value;
    this.#known.delete(key);
    this.#unknown.delete(key);
    if (value === undefined) keep(this.#unknown, MOST_UNKNOWN, key, { value, loadedAt, refreshingSince: loadedAt });
    else keep(this.#known, MOST_KNOWN, key, { value, loadedAt, refreshingSince: loadedAt });
    return value;
  }

  /** To be called after a key was made, changed or revoked: what is asked for next is asked anew. */
  forgetAll(): void {
    this.#writes += 1;
    this.#known.clear();
    this.#unknown.clear();
  }
}

function keep<V>(entries: Map<string, V>, most: number, key: string, entry: V): void {
  const [oldest] = entries.keys();
  if (entries.size >= most && oldest !== undefined) entries.delete(oldest);
  entries.set(key, entry);
}
