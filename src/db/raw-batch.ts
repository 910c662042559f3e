import type { SQL } from "drizzle-orm";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import type { Database } from "./client.ts";

const dialect = new SQLiteAsyncDialect();

/** Runs statements of raw SQL in one transaction and gives the rows of each; drizzle's own `batch` takes none that have values. */
export async function rawBatch<Row>(db: Database, statements: readonly SQL[]): Promise<Row[][]> {
  const prepared = statements.map((statement) => {
    const { sql, params } = dialect.sqlToQuery(statement);
    return db.$client.prepare(sql).bind(...params);
  });
  const results = await db.$client.batch<Row>(prepared);
  return results.map(({ results: rows }) => rows);
}
