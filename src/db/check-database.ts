import { sql } from "drizzle-orm";
import journal from "../../migrations/meta/_journal.json" with { type: "json" };
import type { Database } from "./client.ts";
import { batches, flows } from "./schema.ts";
import { webhook_deliveries } from "./webhook-schema.ts";

/** Rows that only wait to be deleted stand in the same index as deliveries that are due. */
const MOST_DUE = 100;

export type DatabaseCheck = {
  /** True when it has every migration that this code was written for. */
  migrated: boolean;
  /** Since when the sweep should have seen to the work it is latest with (milliseconds); null: nothing is late. */
  overdueSince: number | null;
};

/** Asks the database, by one statement that reads a bounded number of rows, how it is and how late the sweep is at `now`. Rejects when it does not answer. */
export async function checkDatabase(db: Database, now: number): Promise<DatabaseCheck> {
  const newest = `${journal.entries.at(-1)?.tag}.sql`;
  try {
    const [found] = await db.all<{ migrated: number; delivery: number | null; batch: number | null; flow: number | null }>(sql`
      select
        exists (select 1 from d1_migrations where name = ${newest}) as migrated,
        (select min(next_attempt_at) from (
          select next_attempt_at, status from ${webhook_deliveries}
          where next_attempt_at is not null and next_attempt_at < ${now} order by next_attempt_at limit ${MOST_DUE}
        ) where status = 'pending') as delivery,
        (select min(moves_by) from ${batches} where moves_by is not null) as batch,
        (select min(moves_by) from ${flows} where moves_by is not null) as flow`);
    const due = [found?.delivery, found?.batch, found?.flow].filter((at) => at != null && at < now);
    return { migrated: found?.migrated === 1, overdueSince: due.length === 0 ? null : Math.min(...due.map(Number)) };
  } catch (cause) {
    if (lacksMigrations(cause)) return { migrated: false, overdueSince: null };
    throw cause;
  }
}

/** Whether D1 refused a statement because a table or column is not there, as before the migrations are applied. */
export function lacksMigrations(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  return /D1_ERROR: no such (?:table|column): /.test(thrown.message) || lacksMigrations(thrown.cause);
}
