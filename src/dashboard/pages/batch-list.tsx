import type { BatchRow } from "../../client/index.ts";
import { curlLine } from "../components/curl-line.ts";
import { type Column, DataTable } from "../components/data-table.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Money } from "../components/money.tsx";
import { Progress } from "../components/progress.tsx";
import { idLink } from "../components/query-link.ts";
import { StatusBadge } from "../components/status-badge.tsx";
import { Time } from "../components/time.tsx";
import { Tokens } from "../components/tokens.tsx";
import { batchCounts } from "./batch-counts.ts";

const EXAMPLE = { tasks: [{ prompt: "Say hello in French" }, { prompt: "Say hello in Japanese" }] };

/** A page of batches. `origin` is the address of this server, for the command that starts the first one. */
export function BatchList({
  rows,
  narrowed,
  origin,
  now,
}: {
  rows: readonly BatchRow[];
  narrowed: boolean;
  origin: string;
  now: number;
}) {
  if (rows.length > 0)
    return <DataTable caption="Batches" columns={columnsAt(now)} rows={rows} idOf={({ batchId }) => `batch-${batchId}`} />;
  if (narrowed) return <EmptyState title="No batch fits this filter." />;
  return (
    <EmptyState title="No batches yet" command={curlLine(origin, "/v1/batches", EXAMPLE)}>
      <p>A batch starts many delegations at once, all of them or none. Start one:</p>
    </EmptyState>
  );
}

const columnsAt = (now: number): Column<BatchRow>[] => [
  { head: "Batch", cell: ({ batchId }) => <a href={idLink("/batches", batchId)}>{batchId}</a> },
  { head: "Status", cell: ({ status }) => <StatusBadge status={status} /> },
  { head: "Tasks", cell: ({ counts }) => <Progress counts={batchCounts(counts)} total={counts.total} label="Tasks" /> },
  { head: "Tokens", numeric: true, cell: ({ tokensUsed }) => <Tokens count={tokensUsed} /> },
  { head: "Cost", numeric: true, cell: ({ costNanos }) => <Money nanos={costNanos} /> },
  { head: "Created", cell: ({ createdAt }) => <Time at={createdAt} now={now} /> },
  { head: "By", cell: ({ createdBy }) => createdBy },
];
