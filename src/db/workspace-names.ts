import { sql } from "drizzle-orm";
import { delegations } from "./schema.ts";

/** `names(workspace)`: the workspaces that have delegations, each found by one step in the primary key. The last one is null. */
export const WORKSPACE_NAMES = sql`recursive names(workspace) as (
  select min(${delegations.workspace}) from ${delegations} union all
  select (select min(${delegations.workspace}) from ${delegations} where ${delegations.workspace} > names.workspace)
  from names where names.workspace is not null)`;
