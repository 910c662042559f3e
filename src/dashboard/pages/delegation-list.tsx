import type { DelegationRow } from "../../client/delegation-record.ts";
import { type Column, DataTable } from "../components/data-table.tsx";
import { Duration } from "../components/duration.tsx";
import { Money } from "../components/money.tsx";
import { idLink } from "../components/query-link.ts";
import { StatusBadge } from "../components/status-badge.tsx";
import { Time } from "../components/time.tsx";
import { Tokens } from "../components/tokens.tsx";
import { isFinal } from "../words.ts";

const PREVIEW_CHARACTERS = 120;

type RowsProps = { rows: readonly DelegationRow[]; now: number; idPrefix?: string };

/** Delegations as rows of a table, whose ids in the document begin with `idPrefix`. `now` in milliseconds. */
export const DelegationRows = ({ rows, now, idPrefix = "task" }: RowsProps) => (
  <DataTable caption="Delegations" columns={columnsAt(now)} rows={rows} idOf={({ taskId }) => `${idPrefix}-${taskId}`} />
);

const columnsAt = (now: number): Column<DelegationRow>[] => [
  {
    head: "Task",
    cell: ({ taskId, promptPreview }) => (
      <>
        <a href={idLink("/delegations", taskId)}>{taskId}</a>
        <br />
        <span class="muted">{excerpt(promptPreview)}</span>
      </>
    ),
  },
  {
    head: "Status",
    cell: ({ status, error }) => (
      <>
        <StatusBadge status={status} />
        {error !== null && (
          <>
            {" "}
            <code>{error.code}</code>
          </>
        )}
      </>
    ),
  },
  {
    head: "Model, agent",
    cell: ({ model, requestedModel, provider, agent }) => (
      <>
        <span class="model" title={model ?? undefined}>
          {model ?? requestedModel ?? provider}
        </span>
        <br />
        <span class="muted">{agent}</span>
      </>
    ),
  },
  { head: "Tokens", numeric: true, cell: ({ tokensUsed }) => <Tokens count={tokensUsed} /> },
  { head: "Cost", numeric: true, cell: ({ costNanos }) => <Money nanos={costNanos} /> },
  { head: "Took", numeric: true, cell: (row) => <Duration ms={tookMs(row)} /> },
  { head: "Created", cell: ({ createdAt }) => <Time at={createdAt} now={now} /> },
];

/** The beginning of a text on one line. */
export function excerpt(text: string | null, characters = PREVIEW_CHARACTERS): string {
  if (text === null) return "deleted";
  const line = [
    ...text
      .slice(0, characters * 4)
      .replaceAll(/\s+/g, " ")
      .trim(),
  ];
  return line.length <= characters && text.length <= characters * 4 ? line.join("") : `${line.slice(0, characters).join("")}…`;
}

/** From creation to the end; null before. */
const tookMs = ({ status, createdAt, completedAt }: DelegationRow): number | null =>
  isFinal(status) && completedAt !== null ? Date.parse(completedAt) - Date.parse(createdAt) : null;
