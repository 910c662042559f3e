import { sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { delegations } from "./schema.ts";

/** An answer that is wanted: of this key, and completed at `since` (milliseconds) or later. */
export type WantedAnswer = { task_id: string; cache_key: string; since: number };

/** For those of the tasks that an answer is on the list for: the newest task that gave it. One query for all of them. */
export async function reusableAnswers(
  db: Database,
  workspace: string,
  wanted: readonly WantedAnswer[],
): Promise<{ task_id: string; source: string }[]> {
  const asked = JSON.stringify(wanted.map(({ task_id, cache_key, since }) => [task_id, cache_key, since]));
  const rows = await db.all<{ task_id: string; source: string | null }>(sql`
    select json_extract(asked.value, '$[0]') as task_id,
      (select d.task_id from ${delegations} as d
        where d.workspace = ${workspace} and d.cache_key = json_extract(asked.value, '$[1]') and d.status = 'completed'
          and d.completed_at >= json_extract(asked.value, '$[2]') and d.deleted_at is null
        order by d.completed_at desc limit 1) as source
    from json_each(${asked}) as asked`);
  return rows.flatMap(({ task_id, source }) => (source === null ? [] : [{ task_id, source }]));
}
