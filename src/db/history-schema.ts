import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/*
 * What the sweep derives from the list. The full-text table `history`, the view `history_entries` and the triggers that keep
 * all of this true are written by hand in migrations/0004 and 0005: drizzle knows neither.
 */

/** One row: every final delegation that ended at `at` (milliseconds) or before is in `history`, unless it was deleted. */
export const historyProgress = sqliteTable("history_progress", { id: integer().primaryKey(), at: integer().notNull() });

/**
 * The UTC days (since the epoch) on which a workspace created delegations. `rolled`: `cost_sums` and `batch_sums` have what the list
 * has of it. `properties_due`: from when on its `property_sums` may be made, in milliseconds; null: they are, and true.
 */
export const costDays = sqliteTable(
  "cost_days",
  {
    workspace: text().notNull(),
    day: integer().notNull(),
    rolled: integer({ mode: "boolean" }).notNull(),
    properties_due: integer().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.workspace, table.day] }),
    index("cost_days_due").on(table.day).where(sql`"rolled" = 0`),
    index("cost_days_properties_due").on(table.properties_due).where(sql`"properties_due" is not null`),
  ],
);

const sums = {
  count: integer().notNull(),
  tokens: integer().notNull(),
  known: integer(),
  priced: integer(),
  unpriced: integer().notNull(),
  uncertain: integer().notNull(),
  wasted: integer().notNull(),
};
const asked = {
  status: text().notNull(),
  source: text().notNull(),
  agent: text().notNull(),
  task_type: text(),
  created_by: text().notNull(),
  provider: text(),
  model: text(),
};

/** Sums over the delegations of a day, or over their attempts (`per_attempt`), that are alike in what they are asked by. */
export const costSums = sqliteTable(
  "cost_sums",
  {
    workspace: text().notNull(),
    per_attempt: integer({ mode: "boolean" }).notNull(),
    day: integer().notNull(),
    number: integer().notNull(),
    ...asked,
    ...sums,
  },
  (table) => [primaryKey({ columns: [table.workspace, table.per_attempt, table.day, table.number] })],
);

/** Sums over the delegations of a day that are of one batch and of one flow; null: of none. */
export const batchSums = sqliteTable(
  "batch_sums",
  {
    workspace: text().notNull(),
    day: integer().notNull(),
    number: integer().notNull(),
    batch_id: text(),
    flow_id: text(),
    ...sums,
  },
  (table) => [primaryKey({ columns: [table.workspace, table.day, table.number] })],
);

/** As `cost_sums`, of the delegations that have a property with this string or boolean, where a day has many of them. */
export const propertySums = sqliteTable(
  "property_sums",
  {
    workspace: text().notNull(),
    day: integer().notNull(),
    name: text().notNull(),
    value: text().notNull(),
    per_attempt: integer({ mode: "boolean" }).notNull(),
    number: integer().notNull(),
    ...asked,
    ...sums,
  },
  (table) => [primaryKey({ columns: [table.workspace, table.day, table.name, table.value, table.per_attempt, table.number] })],
);
