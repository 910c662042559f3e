import { asc, lt } from "drizzle-orm";
import type { Database } from "./client.ts";
import { flows } from "./schema.ts";

/** Flows that should have moved before `before` (milliseconds), the longest overdue first. */
export function lateFlows(db: Database, before: number, limit: number): Promise<{ workspace: string; flow_id: string }[]> {
  const key = { workspace: flows.workspace, flow_id: flows.flow_id };
  return db.select(key).from(flows).where(lt(flows.moves_by, before)).orderBy(asc(flows.moves_by)).limit(limit);
}
