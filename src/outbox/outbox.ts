import { backoffMs } from "../lib/backoff.ts";

const BASE_MS = 1_000;
const CAP_MS = 3_600_000;
/** Failures from which on each is logged: by then it is no passing fault. */
const LOG_FROM = 10;

/** One thing that must happen after a commit. `failures` so far; due at `due_at` (milliseconds since the epoch). */
export type OutboxRow = { due_at: number; failures: number };

type OutboxRows = {
  get<T>(key: string): T | undefined;
  put<T>(key: string, value: T): void;
  delete(key: string): boolean;
  list<T>(options: { prefix: string }): Iterable<[string, T]>;
};

/** `done`: nothing is left to do. `keep`: done for now, and it will be due again for certain, so the row may stay. */
export type Carried = "done" | "keep";

export type OutboxDeps = {
  rows: OutboxRows;
  now: () => number;
  random: () => number;
  /** Told of a row that keeps failing; once per failure from the tenth on. */
  onStuck: (kind: string, failures: number, cause: unknown) => void;
};

/**
 * What an object owes to others, as stored rows, each idempotent and with a backoff of its own (1 s to 1 h, for ever):
 * one that is stuck never holds up another.
 */
export class Outbox<Kind extends string> {
  readonly #deps: OutboxDeps;
  readonly #carry: { readonly [kind in Kind]: () => Promise<Carried> };
  /** Kinds whose row stays though nothing is due; forgotten on eviction, then carried once more. */
  readonly #kept = new Set<Kind>();
  /** How often a kind was added; an answer to an older addition does not settle a newer one. */
  readonly #added = new Map<Kind, number>();
  readonly #running = new Map<Kind, Promise<void>>();

  constructor(carry: { readonly [kind in Kind]: () => Promise<Carried> }, deps: OutboxDeps) {
    this.#carry = carry;
    this.#deps = deps;
  }

  /** Stores that `kind` is due now. Call it in the same synchronous run as the change it tells of. */
  add(kind: Kind): void {
    this.#added.set(kind, (this.#added.get(kind) ?? 0) + 1);
    const known = this.#deps.rows.get<OutboxRow>(key(kind));
    if (known === undefined) this.#deps.rows.put<OutboxRow>(key(kind), { due_at: this.#deps.now(), failures: 0 });
    this.#kept.delete(kind);
  }

  /** When the next row is due that is not being carried out just now; undefined when none waits. */
  nextDue(): number | undefined {
    const due = this.#open().flatMap(([kind, row]) => (this.#running.has(kind) ? [] : [row.due_at]));
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** Carries out all rows that are due, at once. Never throws. */
  async drain(): Promise<void> {
    const now = this.#deps.now();
    const due = this.#open().filter(([, row]) => row.due_at <= now);
    await Promise.all(due.map(([kind]) => this.#once(kind)));
  }

  #open(): [Kind, OutboxRow][] {
    const rows = [...this.#deps.rows.list<OutboxRow>({ prefix: "outbox/" })];
    return rows
      .map(([name, row]): [Kind, OutboxRow] => [name.slice("outbox/".length) as Kind, row])
      .filter(([kind]) => !this.#kept.has(kind));
  }

  #once(kind: Kind): Promise<void> {
    const running = this.#running.get(kind) ?? this.#attempt(kind).finally(() => this.#running.delete(kind));
    this.#running.set(kind, running);
    return running;
  }

  async #attempt(kind: Kind): Promise<void> {
    const addition = this.#added.get(kind);
    try {
      const carried = await this.#carry[kind]();
      const isLatest = this.#added.get(kind) === addition;
      if (isLatest && carried === "done") this.#deps.rows.delete(key(kind));
      else this.#forgive(kind);
      if (isLatest && carried === "keep") this.#kept.add(kind);
    } catch (cause) {
      this.#postpone(kind, cause);
    }
  }

  /** The row stays, and its next failure is a first one. */
  #forgive(kind: Kind): void {
    const row = this.#deps.rows.get<OutboxRow>(key(kind));
    if (row !== undefined && row.failures > 0) this.#deps.rows.put<OutboxRow>(key(kind), { ...row, failures: 0 });
  }

  #postpone(kind: Kind, cause: unknown): void {
    const failures = (this.#deps.rows.get<OutboxRow>(key(kind))?.failures ?? 0) + 1;
    const delayMs = backoffMs(failures - 1, { baseMs: BASE_MS, capMs: CAP_MS, random: this.#deps.random() });
    this.#deps.rows.put<OutboxRow>(key(kind), { due_at: this.#deps.now() + delayMs, failures });
    if (failures >= LOG_FROM) this.#deps.onStuck(kind, failures, cause);
  }
}

const key = (kind: string): string => `outbox/${kind}`;
