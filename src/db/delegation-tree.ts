import { sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { delegations } from "./schema.ts";

/** How many rows and how many levels are followed, each way. */
export const MAX_TREE_ROWS = 1_000;
export const MAX_TREE_DEPTH = 50;
const PREVIEW_CHARACTERS = 200;

/** One task of a tree; the root's depth is 0. Times in milliseconds, costs in nano-dollars. */
export type TreeRow = {
  task_id: string;
  parent_task_id: string | null;
  depth: number;
  status: string;
  agent: string;
  provider: string;
  model: string | null;
  task_type: string | null;
  source: string;
  created_at: number;
  started_at: number | null;
  completed_at: number | null;
  tokens_used: number;
  cost_nanos: number | null;
  error_code: string | null;
  score: number | null;
  prompt_preview: string | null;
  deleted: number;
};

/**
 * The tree that a task is in: its ancestors up to the root, and all descendants of that, nearest to the root first. Deleted
 * tasks are among them. `truncated`: there is more than was followed; the task and its ancestors are there in any case. Empty
 * when the list does not know the task. A cycle is followed as far as a tree.
 */
export async function delegationTree(
  db: Database,
  workspace: string,
  taskId: string,
): Promise<{ rows: TreeRow[]; truncated: boolean }> {
  // CROSS JOIN keeps SQLite to this order: up by the primary key, down by the index of parents. One level and one row more
  // than shown tell that there are more.
  const rows = await db.all<TreeRow & { is_cut: number }>(sql`
    with recursive up (task_id, parent_task_id, distance) as (
      select task_id, parent_task_id, 0 from ${delegations} where workspace = ${workspace} and task_id = ${taskId}
      union all
      select d.task_id, d.parent_task_id, up.distance + 1 from up cross join ${delegations} as d
        on d.workspace = ${workspace} and d.task_id = up.parent_task_id where up.distance <= ${MAX_TREE_DEPTH}
    ), top (distance) as (
      select min(max(distance), ${MAX_TREE_DEPTH}) from up
    ), down (task_id, depth) as (
      select up.task_id, 0 from up where up.distance = (select distance from top)
      union all
      select d.task_id, down.depth + 1 from down cross join ${delegations} as d
        on d.workspace = ${workspace} and d.parent_task_id = down.task_id where down.depth <= ${MAX_TREE_DEPTH}
      limit ${MAX_TREE_ROWS + 1}
    ), places (task_id, depth) as (
      select task_id, min(depth) from (
        select task_id, depth from down union all select task_id, (select distance from top) - distance from up
      ) where depth between 0 and ${MAX_TREE_DEPTH} group by task_id
    )
    select d.task_id, d.parent_task_id, places.depth, d.status, d.agent, d.provider, d.model, d.task_type, d.source,
      d.created_at, d.started_at, d.completed_at, d.tokens_used, d.cost_nanos, d.error_code, d.score,
      substr(d.prompt_preview, 1, ${PREVIEW_CHARACTERS}) as prompt_preview, d.deleted_at is not null as deleted,
      (select max(distance) from up) > ${MAX_TREE_DEPTH} or (select max(depth) from down) > ${MAX_TREE_DEPTH}
        or (select count(*) from down) > ${MAX_TREE_ROWS} as is_cut
    from places cross join ${delegations} as d on d.workspace = ${workspace} and d.task_id = places.task_id
    order by places.depth, d.created_at, d.task_id`);
  return { rows: rows.map(({ is_cut, ...row }) => row), truncated: rows[0]?.is_cut === 1 };
}
