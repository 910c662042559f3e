import { and, eq, getTableColumns, sql } from "drizzle-orm";
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
 * Saves an agent, or replaces it and keeps when it was created. Returns the row as stored; undefined when the workspace has
 * `most` others already, in which case nothing is written.
 */
export async function saveAgent(db: Database, row: AgentRow, most: number): Promise<StoredAgent | undefined> {
  const { workspace, name, created_at, updated_at, updated_by } = row;
  const settings = JSON.stringify(row.settings);
  const [stored] = await db
    .insert(agents)
    .select(
      sql`select ${workspace}, ${name}, ${settings}, ${created_at}, ${updated_at}, ${updated_by}
        where (select count(*) from ${agents} where ${agents.workspace} = ${workspace} and ${agents.name} <> ${name}) < ${most}`,
    )
    .onConflictDoUpdate({ target: [agents.workspace, agents.name], set: { settings: row.settings, updated_at, updated_by } })
    .returning(COLUMNS);
  return stored;
}

/** Deletes an agent; false when there is none of that name. */
export async function deleteAgent(db: Database, workspace: string, name: string): Promise<boolean> {
  const { meta } = await db.delete(agents).where(ofName(workspace, name)).run();
  return meta.changes > 0;
}

const ofName = (workspace: string, name: string) => and(eq(agents.workspace, workspace), eq(agents.name, name));
