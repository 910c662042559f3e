import { and, eq, getTableColumns, sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { type CreationFilters, newestFirst } from "./newest-first.ts";
import type { Position } from "./position.ts";
import { preview } from "./save-delegation.ts";
import { flows } from "./schema.ts";

export type FlowRow = typeof flows.$inferSelect;
export type FlowKey = Pick<FlowRow, "workspace" | "flow_id">;

/** Columns that never change stay out of the update: naming them would rewrite the indexes they are part of. */
const NEVER_UPDATED = new Set(["workspace", "flow_id", "created_at", "pattern", "created_by"]);
const UPDATE = Object.fromEntries(
  Object.keys(getTableColumns(flows))
    .filter((name) => !NEVER_UPDATED.has(name))
    .map((name) => [name, sql`excluded.${sql.identifier(name)}`]),
);

/** Writes what a flow looks like at `row.version`. Idempotent; a version that is not newer than the stored one changes nothing. */
export async function saveFlow(db: Database, row: FlowRow): Promise<void> {
  await upsert(db, row);
}

/** The same as statements for a batch. */
export function flowStatements(db: Database, row: FlowRow) {
  const { sql: text, params } = upsert(db, row).toSQL();
  return [db.$client.prepare(text).bind(...params)];
}

function upsert(db: Database, row: FlowRow) {
  return db
    .insert(flows)
    .values({ ...row, error_message: preview(row.error_message) })
    .onConflictDoUpdate({
      target: [flows.workspace, flows.flow_id],
      set: UPDATE,
      setWhere: sql`excluded.version > ${flows.version}`,
    });
}

const isFlow = ({ workspace, flow_id }: FlowKey) => and(eq(flows.workspace, workspace), eq(flows.flow_id, flow_id));

/** Takes a flow off the list. Its steps' rows, and with them the books, stay. */
export async function deleteFlow(db: Database, key: FlowKey): Promise<void> {
  await db.delete(flows).where(isFlow(key));
}

/** The sweep comes back to a flow at `at` (milliseconds); null: never. */
export async function revisitFlow(db: Database, key: FlowKey, at: number | null): Promise<void> {
  await db.update(flows).set({ moves_by: at }).where(isFlow(key));
}

export type FlowFilters = CreationFilters & { pattern?: string | undefined };

/** One page of a workspace's flows, newest first. */
export function listFlows(
  db: Database,
  workspace: string,
  { pattern, ...filters }: FlowFilters,
  { limit, after }: { limit: number; after: Position | undefined },
): Promise<FlowRow[]> {
  const columns = { workspace: flows.workspace, created_at: flows.created_at, status: flows.status, id: flows.flow_id };
  const { where, orderBy } = newestFirst(columns, workspace, filters, after);
  return db
    .select()
    .from(flows)
    .where(and(where, pattern === undefined ? undefined : eq(flows.pattern, pattern)))
    .orderBy(...orderBy)
    .limit(limit);
}
