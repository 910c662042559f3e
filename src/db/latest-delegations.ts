import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import { type DelegationFilters, filterConditions } from "./delegation-filters.ts";
import { delegations } from "./schema.ts";

/** The latest delegations of a window that a report looks at: what one reads is bounded. */
export const MOST_LOOKED_AT = 50_000;

/** The latest delegations that the filters let through, read by the index of creation times. */
export function latestDelegations(workspace: string, filters: DelegationFilters, columns: SQL): SQL {
  const conditions = and(eq(delegations.workspace, workspace), ...filterConditions(filters));
  return sql`select ${columns} from ${delegations} where ${conditions}
    order by ${desc(delegations.created_at)}, ${desc(delegations.task_id)} limit ${MOST_LOOKED_AT}`;
}
