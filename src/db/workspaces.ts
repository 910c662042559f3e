import { eq, sql } from "drizzle-orm";
import { type Actor, auditRow, auditStatement } from "./audit.ts";
import type { Database } from "./client.ts";
import { type KeyRow, keyStatements } from "./keys.ts";
import type { Position } from "./position.ts";
import { workspaces } from "./team-schema.ts";

export type WorkspaceRow = typeof workspaces.$inferSelect;

/** One page of all workspaces that were made, newest first. */
export function listWorkspaces(
  db: Database,
  { limit, after }: { limit: number; after: Position | undefined },
): Promise<WorkspaceRow[]> {
  const { created_at, workspace } = workspaces;
  return db
    .select()
    .from(workspaces)
    .where(after && sql`(${created_at}, ${workspace}) < (${after.value}, ${after.id})`)
    .orderBy(sql`${created_at} desc`, sql`${workspace} desc`)
    .limit(limit);
}

/** One; undefined when there is none. */
export const findWorkspace = (db: Database, workspace: string): Promise<WorkspaceRow | undefined> =>
  db.select().from(workspaces).where(eq(workspaces.workspace, workspace)).get();

/**
 * Makes a workspace with its first key and puts both on record, in its own audit, all or nothing. False when there is one of
 * this name already.
 */
export async function addWorkspace(db: Database, row: WorkspaceRow, key: KeyRow, by: Actor): Promise<boolean> {
  const { workspace, title, created_at } = row;
  const record = auditRow({ workspace, action: "workspace.created", subject: workspace, detail: { title } }, by, created_at);
  try {
    await db.batch([db.insert(workspaces).values(row), auditStatement(db, record), ...keyStatements(db, key, by)]);
    return true;
  } catch (cause) {
    if ((await findWorkspace(db, workspace)) === undefined) throw cause;
    return false;
  }
}
