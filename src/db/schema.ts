import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/*
 * The tables are WITHOUT ROWID: their key is text, and a rowid would cost one more row written per insert. drizzle-kit
 * cannot say so, so the generated SQL of a new table gets the words by hand (as in migrations/0000).
 * Column keys equal column names, so a row reads like the API's own records. Times are milliseconds since the epoch,
 * costs integer nano-dollars, null = not known.
 */

/** The statuses that a task leaves again. */
export const OPEN_STATUSES: readonly string[] = ["needs-approval", "pending", "in-progress"];

/** The partial index below is used only by a query that repeats this text to the letter. */
export const OPEN_STATUSES_SQL = `"status" in (${OPEN_STATUSES.map((status) => `'${status}'`).join(", ")})`;

/** Final, and not deleted: as above. */
export const KEPT_SQL = `"deleted_at" is null and "completed_at" is not null`;

/** One row per task: what lists, filters and the books need. The objects own the truth; `version` orders their writes. */
export const delegations = sqliteTable(
  "delegations",
  {
    workspace: text().notNull(),
    task_id: text().notNull(),
    version: integer().notNull(),
    status: text().notNull(),
    outcome: text(),
    agent: text().notNull(),
    provider: text().notNull(),
    endpoint: text(),
    model: text(),
    requested_model: text(),
    task_type: text(),
    complexity: text(),
    budget_mode: text(),
    created_at: integer().notNull(),
    started_at: integer(),
    completed_at: integer(),
    updated_at: integer().notNull(),
    /** When an open task is due to move at the latest: one that is later than this has lost its alarm. */
    moves_by: integer(),
    prompt_preview: text(),
    output_preview: text(),
    tokens_used: integer().notNull(),
    input_tokens: integer().notNull(),
    cached_input_tokens: integer().notNull(),
    cache_write_input_tokens: integer().notNull(),
    output_tokens: integer().notNull(),
    reasoning_output_tokens: integer().notNull(),
    cost_nanos: integer(),
    cost_max_nanos: integer(),
    wasted_nanos: integer().notNull(),
    usage_final: integer({ mode: "boolean" }).notNull(),
    error_code: text(),
    error_message: text(),
    source: text().notNull(),
    cached_from: text(),
    batch_id: text(),
    flow_id: text(),
    flow_step: text(),
    parent_task_id: text(),
    properties: text({ mode: "json" }).$type<{ [key: string]: unknown }>(),
    created_by: text().notNull(),
    score: real(),
    attempts: integer().notNull(),
    deleted_at: integer(),
    /** Of the body as sent, to tell the same from another before a batch is accepted; null in rows of older versions. */
    hash: text(),
    /** What two delegations have in common whose answers may stand for each other; null when it may not be reused. */
    cache_key: text(),
    score_comment: text(),
  },
  (table) => [
    primaryKey({ columns: [table.workspace, table.task_id] }),
    // The list's filters and the books are read from this index alone: rows with their texts are twenty times its size.
    index("delegations_by_time").on(
      table.workspace,
      table.created_at,
      table.task_id,
      table.deleted_at,
      table.status,
      table.agent,
      table.provider,
      table.model,
      table.requested_model,
      table.task_type,
      table.source,
      table.completed_at,
      table.cost_nanos,
      table.tokens_used,
      table.wasted_nanos,
      table.usage_final,
      table.attempts,
      table.created_by,
      table.batch_id,
      table.flow_id,
    ),
    index("delegations_open").on(table.workspace, table.created_at, table.task_id).where(sql.raw(OPEN_STATUSES_SQL)),
    index("delegations_kept").on(table.workspace, table.completed_at, table.task_id).where(sql.raw(KEPT_SQL)),
    index("delegations_by_cost").on(table.workspace, table.cost_nanos, table.task_id).where(sql.raw(KEPT_SQL)),
    index("delegations_of_batch")
      .on(table.workspace, table.batch_id, table.created_at, table.task_id)
      .where(sql`"batch_id" is not null`),
    index("delegations_of_flow")
      .on(table.workspace, table.flow_id, table.created_at, table.task_id)
      .where(sql`"flow_id" is not null`),
    index("delegations_of_parent")
      .on(table.workspace, table.parent_task_id, table.created_at, table.task_id)
      .where(sql`"parent_task_id" is not null`),
    index("delegations_reusable")
      .on(table.workspace, table.cache_key, table.completed_at)
      .where(sql`"cache_key" is not null and "status" = 'completed'`),
  ],
);

/** One row per attempt: who was really paid, and what for. */
export const attempts = sqliteTable(
  "attempts",
  {
    workspace: text().notNull(),
    task_id: text().notNull(),
    number: integer().notNull(),
    provider: text().notNull(),
    model: text().notNull(),
    status: text().notNull(),
    error_code: text(),
    started_at: integer().notNull(),
    first_token_at: integer(),
    ended_at: integer(),
    input_tokens: integer().notNull(),
    cached_input_tokens: integer().notNull(),
    cache_write_input_tokens: integer().notNull(),
    output_tokens: integer().notNull(),
    reasoning_output_tokens: integer().notNull(),
    usage_final: integer({ mode: "boolean" }).notNull(),
    cost_nanos: integer(),
    cost_max_nanos: integer(),
    request_id: text(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.task_id, table.number] })],
);

/** One row per batch; its object owns the truth, `version` orders its writes. */
export const batches = sqliteTable(
  "batches",
  {
    workspace: text().notNull(),
    batch_id: text().notNull(),
    version: integer().notNull(),
    status: text().notNull(),
    counts: text({ mode: "json" }).$type<{ [phase: string]: number }>().notNull(),
    created_at: integer().notNull(),
    updated_at: integer().notNull(),
    completed_at: integer(),
    /** As a delegation's. */
    moves_by: integer(),
    tokens_used: integer().notNull(),
    cost_nanos: integer(),
    created_by: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspace, table.batch_id] }),
    index("batches_by_time").on(table.workspace, table.created_at, table.batch_id),
    index("batches_open").on(table.moves_by).where(sql`"moves_by" is not null`),
  ],
);

/** One row per flow; its object owns the truth, `version` orders its writes. */
export const flows = sqliteTable(
  "flows",
  {
    workspace: text().notNull(),
    flow_id: text().notNull(),
    version: integer().notNull(),
    pattern: text().notNull(),
    status: text().notNull(),
    created_at: integer().notNull(),
    updated_at: integer().notNull(),
    completed_at: integer(),
    /** As a delegation's. */
    moves_by: integer(),
    /** How many steps there are so far, and how many of them ended. */
    steps: integer().notNull(),
    steps_ended: integer().notNull(),
    tokens_used: integer().notNull(),
    cost_nanos: integer(),
    error_code: text(),
    error_message: text(),
    created_by: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspace, table.flow_id] }),
    index("flows_by_time").on(table.workspace, table.created_at, table.flow_id),
    index("flows_open").on(table.moves_by).where(sql`"moves_by" is not null`),
  ],
);

/** The roles a workspace saved; the built-in ones have a row only once they were changed. */
export const agents = sqliteTable(
  "agents",
  {
    workspace: text().notNull(),
    name: text().notNull(),
    settings: text({ mode: "json" }).$type<{ [field: string]: unknown }>().notNull(),
    created_at: integer().notNull(),
    updated_at: integer().notNull(),
    updated_by: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.name] })],
);
