import { sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { INDEXED_UNTIL, ROWID_BITS } from "./history-index.ts";
import { rawBatch } from "./raw-batch.ts";
import { delegations, KEPT_SQL } from "./schema.ts";
import { WORKSPACE_NAMES } from "./workspace-names.ts";

/** Where the index is complete up to, and how many delegations the next step adds at least. */
export type HistoryStep = { from: number; to: number; isLast: boolean };

/** The next step towards `until` (milliseconds): about `size` delegations, more when many ended in the same millisecond. */
export async function nextHistoryStep(db: Database, until: number, size: number): Promise<HistoryStep> {
  const [row] = await db.all<{ at: number; next: number | null }>(sql`with ${WORKSPACE_NAMES}
    select ${INDEXED_UNTIL} as at, (
      select ${delegations.completed_at} from names cross join ${delegations}
      where ${delegations.workspace} = names.workspace and ${sql.raw(KEPT_SQL)}
        and ${delegations.completed_at} > ${INDEXED_UNTIL} and ${delegations.completed_at} <= ${until}
      order by ${delegations.completed_at} limit 1 offset ${size - 1}
    ) as next`);
  const from = row?.at ?? 0;
  const to = row?.next ?? until;
  return { from, to, isLast: to >= until || from >= until };
}

/**
 * Adds what ended in a step to the full-text index, in one transaction with the note of how far it is. Does nothing when another
 * has taken the step. What is written later of a time that is passed, triggers add.
 */
export async function extendHistory(db: Database, { from, to }: HistoryStep): Promise<void> {
  if (to <= from) return;
  const firstId = sql`(e.created_at << ${ROWID_BITS})`;
  const lastTaken = sql`(select history.rowid from history where history.rowid >= ${firstId}
    and history.rowid < ((e.created_at + 1) << ${ROWID_BITS}) order by history.rowid desc limit 1)`;
  await rawBatch(db, [
    sql`with ${WORKSPACE_NAMES}
      insert into history (rowid, workspace, task_id, facets, prompt, output)
      select coalesce(${lastTaken}, ${firstId}) + row_number() over (partition by e.created_at order by e.workspace, e.task_id),
        e.workspace, e.task_id, e.facets, e.prompt, e.output
      from names cross join history_entries as e
      where e.workspace = names.workspace and ${sql.raw(KEPT_SQL)} and e.completed_at > ${from} and e.completed_at <= ${to}
        and ${INDEXED_UNTIL} = ${from}`,
    sql`update history_progress set at = ${to} where at = ${from}`,
  ]);
}
