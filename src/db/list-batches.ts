import type { Database } from "./client.ts";
import { type CreationFilters, newestFirst } from "./newest-first.ts";
import type { Position } from "./position.ts";
import type { BatchRow } from "./save-batch.ts";
import { batches } from "./schema.ts";

/** One page of a workspace's batches, newest first. */
export function listBatches(
  db: Database,
  workspace: string,
  filters: CreationFilters,
  { limit, after }: { limit: number; after: Position | undefined },
): Promise<BatchRow[]> {
  const columns = { ...batches, id: batches.batch_id };
  const { where, orderBy } = newestFirst(columns, workspace, filters, after);
  return db
    .select()
    .from(batches)
    .where(where)
    .orderBy(...orderBy)
    .limit(limit);
}
