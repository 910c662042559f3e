import { asc, lt } from "drizzle-orm";
import type { Database } from "./client.ts";
import type { FlowKey } from "./flows.ts";
import { flows } from "./schema.ts";

export type LateFlow = FlowKey & { completed_at: number | null };

/** Flows that should have moved before `before` (milliseconds): open ones, and ended ones whose retention is over. The longest overdue first. */
export function lateFlows(db: Database, before: number, limit: number): Promise<LateFlow[]> {
  const { workspace, flow_id, completed_at, moves_by } = flows;
  return db
    .select({ workspace, flow_id, completed_at })
    .from(flows)
    .where(lt(moves_by, before))
    .orderBy(asc(moves_by))
    .limit(limit);
}
