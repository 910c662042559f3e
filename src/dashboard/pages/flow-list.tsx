import type { FlowRow } from "../../client/index.ts";
import { curlLine } from "../components/curl-line.ts";
import { type Column, DataTable } from "../components/data-table.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Money } from "../components/money.tsx";
import { idLink } from "../components/query-link.ts";
import { StatusBadge } from "../components/status-badge.tsx";
import { Time } from "../components/time.tsx";
import { countText, Tokens } from "../components/tokens.tsx";

const EXAMPLE = {
  pattern: "consensus",
  prompt: "Token bucket or sliding window?",
  panel: [{ provider: "claude" }, { provider: "gemini" }, { provider: "codex" }],
  judge: { provider: "claude" },
};

/** A page of flows. `origin` is the address of this server, for the command that starts the first one. */
export function FlowList({
  rows,
  narrowed,
  origin,
  now,
}: {
  rows: readonly FlowRow[];
  narrowed: boolean;
  origin: string;
  now: number;
}) {
  if (rows.length > 0)
    return <DataTable caption="Flows" columns={columnsAt(now)} rows={rows} idOf={({ flowId }) => `flow-${flowId}`} />;
  if (narrowed) return <EmptyState title="No flow fits this filter." />;
  return (
    <EmptyState title="No flows yet" command={curlLine(origin, "/v1/flows", EXAMPLE)}>
      <p>
        A flow is several delegations that follow from one another: a chain, a consensus, an improvement or a divided task. Ask
        three models and a judge:
      </p>
    </EmptyState>
  );
}

const columnsAt = (now: number): Column<FlowRow>[] => [
  { head: "Flow", cell: ({ flowId }) => <a href={idLink("/flows", flowId)}>{flowId}</a> },
  { head: "Pattern", cell: ({ pattern }) => pattern },
  { head: "Status", cell: ({ status }) => <StatusBadge status={status} /> },
  { head: "Steps", cell: ({ stepsEnded, stepCount }) => `${countText(stepsEnded)} of ${countText(stepCount)} started` },
  { head: "Tokens", numeric: true, cell: ({ tokensUsed }) => <Tokens count={tokensUsed} /> },
  { head: "Cost", numeric: true, cell: ({ costNanos }) => <Money nanos={costNanos} /> },
  { head: "Created", cell: ({ createdAt }) => <Time at={createdAt} now={now} /> },
  { head: "By", cell: ({ createdBy }) => createdBy },
];
