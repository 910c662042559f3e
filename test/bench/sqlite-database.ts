import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { createDatabase, type Database, type DatabaseBinding } from "../../src/db/client.ts";

/** A database file as D1 gives it, as far as the product's own bulk work needs it. */
export function sqliteDatabase(sqlite: DatabaseSync): Database {
  const prepare = (text: string, values: SQLInputValue[] = []) => {
    const results = async () => ({ results: sqlite.prepare(text).all(...values), success: true, meta: {} });
    return { bind: (...bound: SQLInputValue[]) => prepare(text, bound), all: results, run: results };
  };
  const batch = async (statements: { all(): Promise<unknown> }[]) => {
    sqlite.exec("begin");
    const answers = [];
    for (const statement of statements) answers.push(await statement.all());
    sqlite.exec("commit");
    return answers;
  };
  return createDatabase({ prepare, batch } as unknown as DatabaseBinding);
}
