import type { TreeRecord } from "../../client/delegations.ts";
import { Money } from "../components/money.tsx";
import { idLink } from "../components/query-link.ts";
import { StatusBadge } from "../components/status-badge.tsx";

type Node = TreeRecord["data"][number];

/** The tree that a delegation is in, as nested lists. */
export function DelegationTree({ tree, taskId }: { tree: TreeRecord; taskId: string }) {
  const children = Map.groupBy(tree.data, (node) => node.parentTaskId);
  const [root] = tree.data;
  if (root === undefined) return null;
  return (
    <>
      <ul>
        <Branch node={root} childrenOf={(id) => children.get(id) ?? []} taskId={taskId} />
      </ul>
      {tree.truncated && <p class="muted">There is more of this tree than is shown.</p>}
    </>
  );
}

function Branch({ node, childrenOf, taskId }: { node: Node; childrenOf: (id: string) => Node[]; taskId: string }) {
  const below = childrenOf(node.taskId);
  const name = <code>{node.taskId}</code>;
  return (
    <li>
      {node.taskId === taskId ? (
        <strong aria-current="page">{name}</strong>
      ) : (
        <a href={idLink("/delegations", node.taskId)}>{name}</a>
      )}{" "}
      <StatusBadge status={node.status} /> {node.model ?? node.provider} · <Money nanos={node.costNanos} />
      {node.deleted && <span class="muted"> · deleted</span>}
      {below.length > 0 && (
        <ul>
          {below.map((child) => (
            <Branch node={child} childrenOf={childrenOf} taskId={taskId} />
          ))}
        </ul>
      )}
    </li>
  );
}
