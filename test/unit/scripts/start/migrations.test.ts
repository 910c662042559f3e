import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrate } from "../../../../scripts/start/migrations.ts";

let folder: string;
let sqlite: DatabaseSync;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "depute-migrations-"));
  sqlite = new DatabaseSync(":memory:");
});
afterEach(() => {
  sqlite.close();
  rmSync(folder, { recursive: true });
});

/** D1's promise: a batch happens as a whole or not at all. */
const database = {
  prepare: (sql: string) => sql,
  async batch(statements: unknown[]) {
    sqlite.exec("BEGIN");
    try {
      const answers = statements.map((sql) => ({ results: sqlite.prepare(String(sql)).all() }));
      sqlite.exec("COMMIT");
      return answers;
    } catch (error) {
      sqlite.exec("ROLLBACK");
      throw error;
    }
  },
};
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const names = (sql: string) =>
  sqlite
    .prepare(sql)
    .all()
    .map((row) => row.name);
const tables = () => names("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name");

describe("migrate", () => {
  test("applies every migration once, in the order of their names", async () => {
    write("0001_b.sql", "ALTER TABLE a ADD COLUMN y TEXT;");
    write("0000_a.sql", "CREATE TABLE a (x TEXT);\n--> statement-breakpoint\nCREATE TABLE b (x TEXT);");
    write("notes.txt", "not SQL");
    expect(await migrate(database, folder)).toEqual(["0000_a.sql", "0001_b.sql"]);
    expect(await migrate(database, folder)).toEqual([]);
    expect(tables()).toEqual(["a", "b", "d1_migrations"]);
  });

  test("applies what was added since", async () => {
    write("0000_a.sql", "CREATE TABLE a (x TEXT);");
    await migrate(database, folder);
    write("0001_b.sql", "CREATE TABLE b (x TEXT);");
    expect(await migrate(database, folder)).toEqual(["0001_b.sql"]);
  });

  test("a migration that fails leaves nothing of itself, and is tried again", async () => {
    write("0000_a.sql", "CREATE TABLE a (x TEXT);");
    write("0001_b.sql", "CREATE TABLE b (x TEXT);\n--> statement-breakpoint\nCREATE TABLE a (x TEXT);");
    await expect(migrate(database, folder)).rejects.toThrow("already exists");
    expect(tables()).toEqual(["a", "d1_migrations"]);
    write("0001_b.sql", "CREATE TABLE b (x TEXT);");
    expect(await migrate(database, folder)).toEqual(["0001_b.sql"]);
  });

  test("its record is the one that wrangler reads", async () => {
    write("0000_a.sql", "CREATE TABLE a (x TEXT);");
    await migrate(database, folder);
    expect(names("SELECT name FROM d1_migrations ORDER BY id")).toEqual(["0000_a.sql"]);
  });
});
