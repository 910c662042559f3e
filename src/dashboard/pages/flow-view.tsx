import type { FlowRecord } from "../../client/index.ts";
import { Card } from "../components/card.tsx";
import { type Column, DataTable } from "../components/data-table.tsx";
import { Money } from "../components/money.tsx";
import { idLink } from "../components/query-link.ts";
import { StatusBadge } from "../components/status-badge.tsx";
import { StepGraph } from "../components/step-graph.tsx";
import { countText, Tokens } from "../components/tokens.tsx";
import { isFinal } from "../words.ts";
import { WorkCards } from "./work-cards.tsx";

type Step = FlowRecord["steps"][number];

const isOpen = ({ status }: Step): boolean => !isFinal(status);

/** What a flow comes to so far, in figures. */
export function FlowSummary({ flow, now }: { flow: FlowRecord; now: number }) {
  const { steps } = flow;
  const ended = steps.filter((step) => !isOpen(step)).length;
  return (
    <ul class="cards">
      <Card label="Steps">{`${countText(ended)} of ${countText(steps.length)} ended`}</Card>
      <WorkCards work={flow} now={now} />
    </ul>
  );
}

/** Why a flow failed or was cancelled, with a way to the step at fault. */
export function FlowFault({ flow: { flowId, error } }: { flow: FlowRecord }) {
  if (error === null) return null;
  return (
    <p class="notice bad">
      <code>{error.code}</code> {error.message}
      {error.step !== null && (
        <>
          {" "}
          <a href={idLink("/delegations", `${flowId}.${error.step}`)}>{`See ${error.step}`}</a>
        </>
      )}
    </p>
  );
}

/** The steps of a flow, as a graph and as a table. */
export function FlowSteps({ flow: { pattern, steps } }: { flow: FlowRecord }) {
  const drawn = steps.map((step) => ({ ...step, href: idLink("/delegations", step.taskId) }));
  return (
    <section class="panel">
      <h2>Steps</h2>
      <StepGraph id="steps" pattern={pattern} steps={drawn} />
      <DataTable
        caption="Steps"
        columns={steps.some(({ error }) => error !== null) ? [...COLUMNS, ERROR] : COLUMNS}
        rows={steps}
        idOf={({ name }) => `step-${name}`}
      />
    </section>
  );
}

const COLUMNS: Column<Step>[] = [
  { head: "Step", cell: ({ name, taskId }) => <a href={idLink("/delegations", taskId)}>{name}</a> },
  { head: "Status", cell: ({ status }) => <StatusBadge status={status} /> },
  { head: "Model", cell: ({ model }) => model ?? <span class="unknown">–</span> },
  {
    head: "Tokens",
    numeric: true,
    cell: (step) => (isOpen(step) ? <span class="unknown">–</span> : <Tokens count={step.tokensUsed} />),
  },
  {
    head: "Cost",
    numeric: true,
    cell: (step) => (isOpen(step) ? <span class="unknown">–</span> : <Money nanos={step.costNanos} />),
  },
];

const ERROR: Column<Step> = {
  head: "Error",
  wide: true,
  cell: ({ error }) => error !== null && <span class="error-text">{`${error.code}: ${error.message}`}</span>,
};
