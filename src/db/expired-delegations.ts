import { sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { delegations, KEPT_SQL } from "./schema.ts";
import { WORKSPACE_NAMES } from "./workspace-names.ts";

type DelegationKey = { workspace: string; task_id: string };

/** Final tasks that ended before `before` (milliseconds) and still have their texts, the oldest first. */
export function expiredDelegations(db: Database, before: number, limit: number): Promise<DelegationKey[]> {
  return db.all<DelegationKey>(sql`with ${WORKSPACE_NAMES}
    select ${delegations.workspace}, ${delegations.task_id} from names cross join ${delegations}
    where ${delegations.workspace} = names.workspace and ${sql.raw(KEPT_SQL)} and ${delegations.completed_at} < ${before}
    order by ${delegations.completed_at} limit ${limit}`);
}
