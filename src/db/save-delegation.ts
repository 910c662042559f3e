import { and, type Column, eq, getTableColumns, isNull, type Placeholder, type SQL, sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { attempts, delegations } from "./schema.ts";

/** Texts of a row are cut to this many characters (UTF-16 units, never inside a surrogate pair). */
export const PREVIEW_CHARACTERS = 2_000;

/** A row as the projection fills it; texts may be whole, they are cut here. `attempts` is how many there are. */
export type DelegationRow = Omit<typeof delegations.$inferSelect, "wasted_nanos">;
export type AttemptRow = Omit<typeof attempts.$inferSelect, "workspace" | "task_id">;

/**
 * Writes what a task looks like at `row.version`, with its attempts, in one transaction. Idempotent; a version that is not
 * newer than the stored one changes nothing, whatever the order of arrival. A row once deleted stays deleted and without
 * texts, only its books (status, tokens, costs) still follow. Returns whether anything was written.
 */
export async function saveDelegation(db: Database, row: DelegationRow, attemptRows: readonly AttemptRow[]): Promise<boolean> {
  const all = delegationStatements(db, row, attemptRows);
  const results = all.length === 1 ? [await all[0]?.run()] : await db.$client.batch(all);
  return (results.at(-1)?.meta.changes ?? 0) > 0;
}

/** The same as statements for a batch; the task's own row comes last. */
export function delegationStatements(db: Database, row: DelegationRow, attemptRows: readonly AttemptRow[]) {
  const values = {
    ...row,
    wasted_nanos: wastedNanos(attemptRows),
    prompt_preview: preview(row.prompt_preview),
    output_preview: preview(row.output_preview),
    error_message: preview(row.error_message),
    ...(row.deleted_at === null ? {} : NO_TEXTS),
  };
  statements ??= { delegation: compiled(delegationUpsert(db)), attempts: compiled(attemptsUpsert(db)) };
  const { $client } = db;
  const { delegation, attempts: ofAttempts } = statements;
  const upsert = $client.prepare(delegation.text).bind(...delegation.names.map((name) => driverValue(name, values)));
  if (attemptRows.length === 0) return [upsert];
  const told: { [name: string]: unknown } = { ...row, entries: JSON.stringify(attemptRows) };
  return [$client.prepare(ofAttempts.text).bind(...ofAttempts.names.map((name) => told[name])), upsert];
}

/** An SQL text and what its parameters are called, in order. */
type Statement = { text: string; names: string[] };

/**
 * Kept for the life of the isolate: each delegation is saved at least twice, and making the texts anew took most of the
 * time that this took.
 */
let statements: { delegation: Statement; attempts: Statement } | undefined;

function compiled(query: { toSQL(): { sql: string; params: unknown[] } }): Statement {
  const { sql: text, params } = query.toSQL();
  return { text, names: params.map((param) => (param as Placeholder).name) };
}

function driverValue(name: string, values: { [name: string]: unknown }): unknown {
  const value = values[name];
  return value === null || value === undefined ? null : DELEGATION_COLUMNS[name]?.mapToDriverValue(value);
}

/** Takes the texts and properties of a task off the list at `at`; its books stay. Idempotent; false when there is no such row. */
export async function markDeleted(db: Database, workspace: string, taskId: string, at: number): Promise<boolean> {
  const result = await db
    .update(delegations)
    .set({ ...NO_TEXTS, deleted_at: at })
    .where(and(eq(delegations.workspace, workspace), eq(delegations.task_id, taskId), isNull(delegations.deleted_at)))
    .run();
  return result.meta.changes > 0;
}

const NO_TEXTS = {
  prompt_preview: null,
  output_preview: null,
  error_message: null,
  properties: null,
  score_comment: null,
} as const;

/** Columns that never change stay out of the update: naming them would rewrite the indexes they are part of. */
const NEVER_UPDATED = new Set(["workspace", "task_id", "created_at"]);

const DELEGATION_UPDATE: { [column: string]: SQL } = {
  ...excludedColumns(getTableColumns(delegations), NEVER_UPDATED),
  ...Object.fromEntries(
    Object.keys(NO_TEXTS).map((name) => [
      name,
      sql`case when ${delegations.deleted_at} is null then excluded.${sql.identifier(name)} end`,
    ]),
  ),
  deleted_at: sql`coalesce(${delegations.deleted_at}, excluded.deleted_at)`,
};

const ATTEMPT_COLUMNS = Object.keys(getTableColumns(attempts)).filter((name) => name !== "workspace" && name !== "task_id");
const ATTEMPT_UPDATE = excludedColumns(getTableColumns(attempts), new Set(["workspace", "task_id", "number"]));
const ATTEMPT_CHANGED = sql`(${sqlList(Object.keys(ATTEMPT_UPDATE).map((name) => sql`${attempts}.${sql.identifier(name)}`))})
  is not (${sqlList(Object.values(ATTEMPT_UPDATE))})`;

const DELEGATION_COLUMNS: { [name: string]: Column } = getTableColumns(delegations);

function delegationUpsert(db: Database) {
  const values = Object.fromEntries(Object.keys(DELEGATION_COLUMNS).map((name) => [name, sql`${sql.placeholder(name)}`]));
  return db
    .insert(delegations)
    .values(values as { [name in keyof typeof delegations.$inferInsert]-?: SQL })
    .onConflictDoUpdate({
      target: [delegations.workspace, delegations.task_id],
      set: DELEGATION_UPDATE,
      setWhere: sql`excluded.version > ${delegations.version}`,
    });
}

/** Comes before the task's own row, and only while that one is older: a late or doubled write changes no attempt either. */
function attemptsUpsert(db: Database) {
  const given = (name: string) => sql`${sql.placeholder(name)}`;
  const fields = sqlList(ATTEMPT_COLUMNS.map((name) => sql`json_extract(entry.value, ${sql.raw(`'$.${name}'`)})`));
  return db
    .insert(attempts)
    .select(
      sql`select ${given("workspace")}, ${given("task_id")}, ${fields} from json_each(${given("entries")}) as entry
        where not exists (select 1 from ${delegations} where ${delegations.workspace} = ${given("workspace")}
          and ${delegations.task_id} = ${given("task_id")} and ${delegations.version} >= ${given("version")})`,
    )
    .onConflictDoUpdate({
      target: [attempts.workspace, attempts.task_id, attempts.number],
      set: ATTEMPT_UPDATE,
      setWhere: ATTEMPT_CHANGED,
    });
}

function excludedColumns(columns: { [name: string]: unknown }, except: ReadonlySet<string>): { [column: string]: SQL } {
  const names = Object.keys(columns).filter((name) => !except.has(name));
  return Object.fromEntries(names.map((name) => [name, sql`excluded.${sql.identifier(name)}`]));
}

function sqlList(parts: SQL[]): SQL {
  return sql.join(parts, sql.raw(", "));
}

/** What was paid, for certain, to attempts that ended without an answer. */
function wastedNanos(attemptRows: readonly AttemptRow[]): number {
  const wasted = attemptRows.filter(({ status }) => status !== "completed" && status !== "running");
  return wasted.reduce((sum, attempt) => sum + (attempt.cost_nanos ?? 0), 0);
}

/** The head of a text, as rows keep it. */
export function preview(text: string | null): string | null {
  if (text === null || text.length <= PREVIEW_CHARACTERS) return text;
  const last = text.charCodeAt(PREVIEW_CHARACTERS - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? PREVIEW_CHARACTERS - 1 : PREVIEW_CHARACTERS);
}
