import { sql } from "drizzle-orm";
import journal from "../../migrations/meta/_journal.json" with { type: "json" };
import type { Database } from "./client.ts";

/** Resolves when the database answers and has every migration that this code was written for; rejects otherwise. */
export async function pingDatabase(db: Database): Promise<void> {
  const newest = `${journal.entries.at(-1)?.tag}.sql`;
  // wrangler's own record of what was applied.
  const applied = await db.get(sql`select 1 from d1_migrations where name = ${newest}`);
  if (applied === undefined) throw new Error(`the migration ${newest} was not applied`);
}
