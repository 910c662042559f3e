import { sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { delegations } from "./schema.ts";

/**
 * Those of the tasks whose id is on the list with another hash, or deleted. Rows of older versions have no hash and are not
 * among them.
 */
export async function takenIds(
  db: Database,
  workspace: string,
  tasks: readonly { task_id: string; hash: string }[],
): Promise<{ task_id: string; deleted: boolean }[]> {
  const asked = JSON.stringify(tasks.map(({ task_id, hash }) => [task_id, hash]));
  // CROSS JOIN keeps SQLite to this order: each id by the primary key.
  const rows = await db.all<{ task_id: string; deleted: number }>(sql`
    select d.task_id, d.deleted_at is not null as deleted
    from json_each(${asked}) as asked cross join ${delegations} as d
      on d.workspace = ${workspace} and d.task_id = json_extract(asked.value, '$[0]')
    where d.deleted_at is not null or d.hash <> json_extract(asked.value, '$[1]')`);
  return rows.map(({ task_id, deleted }) => ({ task_id, deleted: deleted === 1 }));
}
