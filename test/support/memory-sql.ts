import { DatabaseSync } from "node:sqlite";
import type { Sql } from "../../src/budgets/ledger-store.ts";

/** A Durable Object's SQL storage in plain Node: a real SQLite in memory. `writes` counts the statements that change anything. */
export class MemorySql implements Sql {
  writes = 0;
  readonly #database = new DatabaseSync(":memory:");
  readonly #statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();

  exec<Row>(query: string, ...bindings: (string | number | null)[]): Iterable<Row> {
    const statement = this.#statements.get(query) ?? this.#database.prepare(query);
    this.#statements.set(query, statement);
    if (!query.startsWith("select")) this.writes += 1;
    return statement.all(...bindings).map((row) => ({ ...row })) as Row[];
  }

  /** The names of its tables. */
  get tables(): string[] {
    return [...this.exec<{ name: string }>("select name from sqlite_master where type = 'table'")].map(({ name }) => name);
  }
}
