import { z } from "zod";
import { createDatabase } from "../db/client.ts";
import { delegationTree, MAX_TREE_DEPTH, MAX_TREE_ROWS, type TreeRow } from "../db/delegation-tree.ts";
import { Delegation } from "../delegations/delegation.ts";
import { dollars } from "../lib/nanos.ts";
import type { Api } from "./api.ts";
import { absentDelegation, DelegationPath } from "./delegation-path.ts";
import { delegationObject } from "./http-env.ts";
import type { Operation } from "./operation.ts";

const { shape } = Delegation;

const TreeNode = z
  .object({
    task_id: z.string(),
    parent_task_id: z.string().nullable(),
    depth: z.int().meta({ description: "0 is the root." }),
    status: shape.status,
    agent: z.string(),
    provider: z.string(),
    model: shape.model,
    task_type: shape.task_type,
    source: shape.source,
    created_at: shape.created_at,
    started_at: shape.started_at,
    completed_at: shape.completed_at,
    tokens_used: z.int(),
    cost: shape.cost,
    cost_nanos: shape.cost_nanos,
    error_code: z.string().nullable(),
    score: shape.score,
    prompt_preview: z.string().nullable().meta({ description: "The first 200 characters; null when deleted." }),
    deleted: z.boolean(),
  })
  .meta({ id: "TreeNode", description: "A delegation as one place of a tree." });

const DelegationTree = z
  .object({
    root_task_id: z.string(),
    truncated: z.boolean().meta({ description: "There is more of the tree than this." }),
    data: z.array(TreeNode).meta({ description: "The root first, then level by level; in each the oldest first." }),
  })
  .meta({ id: "DelegationTree" });
export type DelegationTree = z.infer<typeof DelegationTree>;

const tree = {
  method: "get",
  path: "/v1/delegations/{task_id}/tree",
  id: "getDelegationTree",
  tag: "Delegations",
  scope: "read",
  summary: "The tree that a delegation is in",
  description: `By \`parent_task_id\`: its ancestors up to the root, and all descendants of that. At most ${MAX_TREE_ROWS.toLocaleString("en-US")} delegations and ${MAX_TREE_DEPTH} levels; the delegation itself and its nearest ancestors are among them. From the list, which follows the delegations within moments.`,
  pathSchema: DelegationPath,
  successes: { 200: { description: "The tree.", schema: DelegationTree } },
  errors: ["not_found", "gone"],
} as const satisfies Operation;

export function addDelegationTree(api: Api): void {
  api.add(tree, async ({ context, principal: { workspace }, path: { task_id } }) => {
    const { rows, truncated } = await delegationTree(createDatabase(context.env.DB), workspace, task_id);
    const itself = rows.find((row) => row.task_id === task_id);
    if (itself?.deleted === 1) throw absentDelegation({ kind: "gone" }, task_id);
    const [root] = rows;
    if (root !== undefined) return context.json({ root_task_id: root.task_id, truncated, data: rows.map(nodeOf) });
    const outcome = await delegationObject(context.env, workspace, task_id).read(0);
    if (outcome.kind !== "found") throw absentDelegation(outcome, task_id);
    // The list does not have it yet, so it has no children there either.
    return context.json({ root_task_id: task_id, truncated: false, data: [nodeOfDelegation(outcome.delegation)] });
  });
}

const nodeOf = ({ deleted, created_at, started_at, completed_at, ...row }: TreeRow) => ({
  ...row,
  created_at: new Date(created_at).toISOString(),
  started_at: started_at === null ? null : new Date(started_at).toISOString(),
  completed_at: completed_at === null ? null : new Date(completed_at).toISOString(),
  cost: dollars(row.cost_nanos),
  deleted: deleted === 1,
});

const nodeOfDelegation = (delegation: Delegation) =>
  TreeNode.parse({
    ...delegation,
    depth: 0,
    error_code: delegation.error?.code ?? null,
    prompt_preview: delegation.prompt.slice(0, 200),
    deleted: false,
  });
