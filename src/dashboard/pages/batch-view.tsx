import type { BatchRecord } from "../../client/index.ts";
import { Card } from "../components/card.tsx";
import { type Column, DataTable } from "../components/data-table.tsx";
import { Money } from "../components/money.tsx";
import { Progress } from "../components/progress.tsx";
import { idLink } from "../components/query-link.ts";
import { StatusBadge } from "../components/status-badge.tsx";
import { countText, Tokens } from "../components/tokens.tsx";
import { batchCounts } from "./batch-counts.ts";
import { WorkCards } from "./work-cards.tsx";

type Result = BatchRecord["results"][string];
export type BatchTask = Result & { taskId: string };

/** Rows shown of a batch at once. */
export const TASKS_SHOWN = 100;
const SHOWN_CHARACTERS = 280;

/** What a batch comes to so far, in figures. */
export function BatchSummary({ batch, now }: { batch: BatchRecord; now: number }) {
  const { counts, maxConcurrency } = batch;
  const ended = counts.completed + counts.failed + counts.cancelled;
  return (
    <>
      <section class="panel" aria-label="Progress">
        <Progress counts={batchCounts(counts)} total={counts.total} label="Tasks" />
      </section>
      <ul class="cards">
        <Card label="Ended" note={`${countText(counts.failed)} failed`}>
          {`${countText(ended)} of ${countText(counts.total)}`}
        </Card>
        <WorkCards work={batch} now={now} />
        <Card label="At once">{maxConcurrency === null ? "all" : countText(maxConcurrency)}</Card>
      </ul>
    </>
  );
}

/** The tasks of a batch that are shown: of one status when it is given, in their order, from `from` on. */
export function tasksOf(
  { results }: BatchRecord,
  status: string | undefined,
  from: number,
): { tasks: BatchTask[]; more: boolean } {
  const all = Object.entries(results).map(([taskId, result]) => ({ taskId, ...result }));
  const fitting = status === undefined ? all : all.filter((task) => task.status === status);
  return { tasks: fitting.slice(from, from + TASKS_SHOWN), more: fitting.length > from + TASKS_SHOWN };
}

/** The tasks of a batch with what they answered. */
export function BatchTasks({ tasks }: { tasks: readonly BatchTask[] }) {
  if (tasks.length === 0) return <p class="muted">No task of this batch is so.</p>;
  return <DataTable caption="Tasks of the batch" columns={COLUMNS} rows={tasks} idOf={({ taskId }) => `task-${taskId}`} />;
}

const COLUMNS: Column<BatchTask>[] = [
  { head: "Task", cell: ({ taskId }) => <a href={idLink("/delegations", taskId)}>{taskId}</a> },
  { head: "Status", cell: ({ status }) => <StatusBadge status={status} /> },
  { head: "Model", cell: ({ model }) => model ?? <span class="unknown">–</span> },
  { head: "Tokens", numeric: true, cell: ({ tokensUsed }) => <Tokens count={tokensUsed} /> },
  { head: "Cost", numeric: true, cell: ({ costNanos }) => <Money nanos={costNanos} /> },
  { head: "Result", wide: true, cell: (task) => <ResultText {...task} /> },
];

function ResultText({ output, error }: BatchTask) {
  if (error !== null) {
    return (
      <>
        <code>{error.code}</code> <span class="error-text">{error.message}</span>
      </>
    );
  }
  if (output === null) return <span class="unknown">–</span>;
  const characters = [...output.slice(0, SHOWN_CHARACTERS * 2)].slice(0, SHOWN_CHARACTERS).join("");
  return <span class="excerpt">{characters.length < output.length ? `${characters}…` : output}</span>;
}
