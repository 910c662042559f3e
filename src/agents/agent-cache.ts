/** How old what is served may be, in milliseconds. */
const MOST_AGE_MS = 5_000;
/** From this age on it is loaded anew behind the answer, so that steady traffic never waits. */
const FRESH_MS = 2_500;

type Entry<T> = { value: T; loadedAt: number; refreshingSince: number };

/** Carries on a work after the answer was given. */
export type Later = (work: Promise<unknown>) => void;

/**
 * A value per workspace, at most five seconds old. Requests share what was loaded, never a load under way: that one ends with
 * the request it belongs to.
 */
export class AgentCache<T> {
  readonly #load: (workspace: string) => Promise<T>;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry<T>>();
  /** Grows with every write, so that a load begun before it is not kept. */
  #writes = 0;

  constructor(load: (workspace: string) => Promise<T>, now: () => number = Date.now) {
    this.#load = load;
    this.#now = now;
  }

  /** The value; waits for it when there is none that is young enough. Without `later` it is not loaded ahead of its end. */
  async get(workspace: string, later?: Later): Promise<T> {
    const entry = this.#entries.get(workspace);
    const now = this.#now();
    if (entry === undefined || now - entry.loadedAt >= MOST_AGE_MS) return this.#loaded(workspace);
    if (later !== undefined && now - entry.loadedAt >= FRESH_MS && now - entry.refreshingSince >= FRESH_MS) {
      entry.refreshingSince = now;
      // Who comes after its end loads again, and is told what is wrong.
      later(this.#loaded(workspace).catch(() => {}));
    }
    return entry.value;
  }

  /** To be called after a write: the next `get` loads. */
  forget(workspace: string): void {
    this.#writes += 1;
    this.#entries.delete(workspace);
  }

  async #loaded(workspace: string): Promise<T> {
    const [loadedAt, writes] = [this.#now(), this.#writes];
    const value = await this.#load(workspace);
    if (writes === this.#writes) this.#entries.set(workspace, { value, loadedAt, refreshingSince: loadedAt });
    return value;
  }
}
