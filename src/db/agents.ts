import { and, eq, getTableColumns, sql } from "drizzle-orm";
import { type Actor, auditRow, auditStatementIf } from "./audit.ts";
import type { Database } from "./client.ts";
import { agents } from "./schema.ts";

export type AgentRow = typeof agents.$inferSelect;

/** `settings` as it is stored: SQLite holds columns to no type. */
export type StoredAgent = Omit<AgentRow, "settings"> & { settings: unknown };

const COLUMNS = { ...getTableColumns(agents), settings: sql<unknown>`${agents.settings}`.mapWith(jsonOrNothing) };

function jsonOrNothing(stored: string): unknown {
  try {
    return JSON.parse(stored);
  } catch {
    return null;
  }
}

/** All that a workspace saved, by name. */
export function savedAgents(db: Database, workspace: string): Promise<StoredAgent[]> {
  return db.select(COLUMNS).from(agents).where(eq(agents.workspace, workspace)).orderBy(agents.name);
}

/** One that was saved; undefined when there is none. */
export function findAgent(db: Database, workspace: string, name: string): Promise<StoredAgent | undefined> {
  return db.select(COLUMNS).from(agents).where(ofName(workspace, name)).get();
}

/**
 * Saves an agent, or replaces it and keeps when it was created, and puts it on record. Returns the row as stored; undefined
 * when the workspace has `most` others already, in which case nothing is written.
 */
export async function saveAgent(db: Database, row: AgentRow, most: number, by: Actor): Promise<StoredAgent | undefined> {
  const { workspace, name, created_at, updated_at, updated_by } = row;
  const settings = JSON.stringify(row.settings);
  const record = auditRow({ workspace, action: "agent.saved", subject: name }, by, updated_at);
  const upsert = db
    .insert(agents)
    .select(
      sql`select ${workspace}, ${name}, ${settings}, ${created_at}, ${updated_at}, ${updated_by}
        where (select count(*) from ${agents} where ${agents.workspace} = ${workspace} and ${agents.name} <> ${name}) < ${most}`,
    )
    .onConflictDoUpdate({ target: [agents.workspace, agents.name], set: { settings: row.settings, updated_at, updated_by } })
    .returning(COLUMNS);
  const isSaved = sql`exists (select 1 from ${agents} where ${ofName(workspace, name)} and ${agents.updated_at} = ${updated_at})`;
  const [[stored]] = await db.batch([upsert, auditStatementIf(db, record, isSaved)]);
  return stored;
}

/** Deletes an agent and puts it on record, both or none; false when there is none of that name. */
export async function deleteAgent(db: Database, workspace: string, name: string, by: Actor): Promise<boolean> {
  const record = auditRow({ workspace, action: "agent.deleted", subject: name }, by, Date.now());
  const isThere = sql`exists (select 1 from ${agents} where ${ofName(workspace, name)})`;
  const deletion = db.delete(agents).where(ofName(workspace, name));
  const [, { meta }] = await db.batch([auditStatementIf(db, record, isThere), deletion]);
  return meta.changes > 0;
}

const ofName = (workspace: string, name: string) => and(eq(agents.workspace, workspace), eq(agents.name, name));
