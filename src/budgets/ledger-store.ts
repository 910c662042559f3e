import type { BUDGET_SCOPES } from "./budget.ts";
import type { BudgetPeriod } from "./budget-period.ts";
import type { AttemptKey, Payer } from "./ledger-rpc.ts";

type SqlValue = string | number | null;

/** An SQLite database, synchronous: a Durable Object's, or any other. */
export type Sql = { exec<Row extends Record<string, SqlValue>>(query: string, ...bindings: SqlValue[]): Iterable<Row> };

/**
 * What is held or booked for one attempt. `nanos`: nano-dollars. `at` decides the period it counts in. `version` is that of the
 * settlement, 0 before. `due_at`: when its task is asked about it; null once it is settled. Times are milliseconds since the epoch.
 */
export type Entry = AttemptKey & Payer & { at: number; nanos: number; version: number; due_at: number | null };

/** A budget with its counters for the period that began at `period_start`; amounts are nano-dollars. */
export type BudgetRow = {
  name: string;
  scope: (typeof BUDGET_SCOPES)[number];
  subject: string | null;
  period: BudgetPeriod;
  limit_nanos: number;
  /** JSON array of shares. */
  warn_at: string;
  allow_unpriced: number;
  created_at: number;
  updated_at: number;
  period_start: number;
  spent: number;
  reserved: number;
};

/** Told once per period: a share of the limit is spent, or the budget is (`share` 1, `exceeded`). */
export type Alert = { budget: string; period_start: number; kind: "warning" | "exceeded"; share: number; at: number };

const TABLES = [
  `create table if not exists entries (
    task_id text not null, hash text not null, attempt integer not null, key_id text not null, agent text not null,
    at integer not null, nanos integer not null, version integer not null, due_at integer,
    primary key (task_id, hash, attempt)) without rowid`,
  "create index if not exists entries_by_time on entries (at)",
  "create index if not exists entries_due on entries (due_at) where due_at is not null",
  `create table if not exists budgets (
    name text primary key, scope text not null, subject text, period text not null, limit_nanos integer not null,
    warn_at text not null, allow_unpriced integer not null, created_at integer not null, updated_at integer not null,
    period_start integer not null, spent integer not null, reserved integer not null) without rowid`,
  `create table if not exists alerts (
    budget text not null, period_start integer not null, kind text not null, share real not null, at integer not null,
    primary key (budget, period_start, kind, share)) without rowid`,
  "create table if not exists facts (name text primary key, value not null) without rowid",
];

/** Typed access to one ledger's rows. Constructing and reading it write nothing: the tables come with the first write. */
export class LedgerStore {
  readonly #sql: Sql;
  #made = false;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** A single value that is kept beside the tables. */
  fact(name: "workspace" | "hard_from"): string | number | undefined {
    return this.#rows<{ value: string | number }>("select value from facts where name = ?", name)[0]?.value;
  }

  putFact(name: "workspace" | "hard_from", value: string | number): void {
    this.#write("insert or replace into facts values (?, ?)", name, value);
  }

  entry(key: AttemptKey): Entry | undefined {
    const { task_id, hash, attempt } = key;
    return this.#rows<Entry>("select * from entries where task_id = ? and hash = ? and attempt = ?", task_id, hash, attempt)[0];
  }

  putEntry(entry: Entry): void {
    const { task_id, hash, attempt, key_id, agent, at, nanos, version, due_at } = entry;
    this.#write(
      `insert into entries values (?, ?, ?, ?, ?, ?, ?, ?, ?)
       on conflict do update set at = excluded.at, nanos = excluded.nanos, version = excluded.version, due_at = excluded.due_at`,
      ...[task_id, hash, attempt, key_id, agent, at, nanos, version, due_at],
    );
  }

  /** What is held for attempts of one task. */
  heldEntries({ task_id, hash }: Omit<AttemptKey, "attempt">): Entry[] {
    return this.#rows<Entry>("select * from entries where task_id = ? and hash = ? and due_at is not null", task_id, hash);
  }

  deleteEntry({ task_id, hash, attempt }: AttemptKey): void {
    this.#write("delete from entries where task_id = ? and hash = ? and attempt = ?", task_id, hash, attempt);
  }

  /** Those whose tasks are to be asked by `now`, the longest due first. */
  dueEntries(now: number, most: number): Entry[] {
    return this.#rows<Entry>("select * from entries where due_at <= ? order by due_at limit ?", now, most);
  }

  nextDue(): number | undefined {
    return (
      this.#rows<{ due: number | null }>("select min(due_at) as due from entries where due_at is not null")[0]?.due ?? undefined
    );
  }

  /** What the entries from `start` to before `end` come to, of all or of one key or role. */
  sums(of: Pick<BudgetRow, "scope" | "subject">, start: number, end: number): { spent: number; reserved: number } {
    const whose = { workspace: "", key: "and key_id = ?", agent: "and agent = ?" }[of.scope];
    const subject = of.subject === null ? [] : [of.subject];
    const [sums] = this.#rows<{ spent: number; reserved: number }>(
      `select coalesce(sum(case when due_at is null then nanos end), 0) as spent,
        coalesce(sum(case when due_at is not null then nanos end), 0) as reserved
       from entries where at >= ? and at < ? ${whose}`,
      ...[start, Math.min(end, Number.MAX_SAFE_INTEGER), ...subject],
    );
    return { spent: sums?.spent ?? 0, reserved: sums?.reserved ?? 0 };
  }

  budgets(): BudgetRow[] {
    return this.#rows<BudgetRow>("select * from budgets order by name");
  }

  putBudget(budget: BudgetRow): void {
    const { name, scope, subject, period, limit_nanos, warn_at, allow_unpriced } = budget;
    const { created_at, updated_at, period_start, spent, reserved } = budget;
    this.#write(
      "insert or replace into budgets values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      ...[name, scope, subject, period, limit_nanos, warn_at, allow_unpriced],
      ...[created_at, updated_at, period_start, spent, reserved],
    );
  }

  deleteBudget(name: string): void {
    this.#write("delete from budgets where name = ?", name);
  }

  alerts(budget: string, periodStart: number): Alert[] {
    return this.#rows<Alert>("select * from alerts where budget = ? and period_start = ? order by share", budget, periodStart);
  }

  addAlert({ budget, period_start, kind, share, at }: Alert): void {
    this.#write("insert into alerts values (?, ?, ?, ?, ?)", budget, period_start, kind, share, at);
  }

  deleteAlerts(budget: string): void {
    this.#write("delete from alerts where budget = ?", budget);
  }

  #rows<Row extends Record<string, SqlValue>>(query: string, ...bindings: SqlValue[]): Row[] {
    return this.#exists() ? [...this.#sql.exec<Row>(query, ...bindings)] : [];
  }

  #write(query: string, ...bindings: SqlValue[]): void {
    if (!this.#exists()) {
      for (const table of TABLES) [...this.#sql.exec(table)];
      this.#made = true;
    }
    [...this.#sql.exec(query, ...bindings)];
  }

  #exists(): boolean {
    this.#made ||= [...this.#sql.exec("select name from sqlite_master where name = 'facts'")].length > 0;
    return this.#made;
  }
}
