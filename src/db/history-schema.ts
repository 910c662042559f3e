import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/*
 * What the sweep derives from the list. The full-text table `history`, the view `history_entries` and the triggers that keep
 * all of this true are written by hand in migrations/0004: drizzle knows neither.
 */

/** One row: every final delegation that ended at `at` (milliseconds) or before is in `history`, unless it was deleted. */
export const historyProgress = sqliteTable("history_progress", { id: integer().primaryKey(), at: integer().notNull() });

/** The UTC days (since the epoch) on which a workspace created delegations. `rolled`: `cost_sums` has what the list has of it. */
export const costDays = sqliteTable(
  "cost_days",
  {
    workspace: text().notNull(),
    day: integer().notNull(),
    rolled: integer({ mode: "boolean" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspace, table.day] }),
    index("cost_days_due").on(table.day).where(sql`"rolled" = 0`),
  ],
);

/** Sums over the delegations of a day, or over their attempts (`per_attempt`), that are alike in what they are asked by. */
export const costSums = sqliteTable(
  "cost_sums",
  {
    workspace: text().notNull(),
    per_attempt: integer({ mode: "boolean" }).notNull(),
    day: integer().notNull(),
    number: integer().notNull(),
    status: text().notNull(),
    source: text().notNull(),
    agent: text().notNull(),
    task_type: text(),
    created_by: text().notNull(),
    provider: text(),
    model: text(),
    count: integer().notNull(),
    tokens: integer().notNull(),
    known: integer(),
    priced: integer(),
    unpriced: integer().notNull(),
    uncertain: integer().notNull(),
    wasted: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.per_attempt, table.day, table.number] })],
);
