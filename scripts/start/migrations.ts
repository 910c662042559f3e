import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What of a D1 database the migrations need. */
export interface MigratedDatabase {
  prepare(sql: string): unknown;
  batch(statements: unknown[]): Promise<{ results: unknown[] }[]>;
}

/**
 * Applies the migrations that the database lacks, each in one transaction with its own record, so that a start killed half
 * way leaves a whole number of them. The record is the table wrangler keeps: `wrangler d1 migrations list` agrees.
 * Returns the names of those applied.
 */
export async function migrate(database: MigratedDatabase, folder: string): Promise<string[]> {
  const run = (statements: string[]) => database.batch(statements.map((sql) => database.prepare(sql)));
  const [, listed] = await run([
    "CREATE TABLE IF NOT EXISTS d1_migrations(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
    "SELECT name FROM d1_migrations",
  ]);
  const applied = new Set((listed?.results ?? []).map((row) => (row as { name: string }).name));
  const pending = readdirSync(folder)
    .filter((name) => name.endsWith(".sql") && !applied.has(name))
    .sort();
  for (const name of pending) {
    const statements = readFileSync(join(folder, name), "utf8").split("--> statement-breakpoint");
    await run([...statements, `INSERT INTO d1_migrations (name) VALUES ('${name.replaceAll("'", "''")}')`]);
  }
  return pending;
}
