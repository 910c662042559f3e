import type { Client } from "../../client/index.ts";
import { nanosOf } from "../../lib/nanos.ts";
import { BarList } from "../components/bar-list.tsx";
import { Card } from "../components/card.tsx";
import { type Column, DataTable } from "../components/data-table.tsx";
import { Money } from "../components/money.tsx";
import { queryLink } from "../components/query-link.ts";
import { countText, Tokens } from "../components/tokens.tsx";

export type CostReport = Awaited<ReturnType<Client["costs"]>>;
type Sums = CostReport["total"];
type Row = CostReport["data"][number];

/** What costs can be grouped by: how the API says it, how a report's row says it, and how people do. */
export const GROUPINGS = [
  { by: "model", field: "model", head: "Model" },
  { by: "provider", field: "provider", head: "Provider" },
  { by: "agent", field: "agent", head: "Agent" },
  { by: "task_type", field: "taskType", head: "Task type" },
  { by: "key", field: "key", head: "Key" },
  { by: "day", field: "day", head: "Day" },
] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Those by which the list of delegations can be narrowed. */
const FILTERS: readonly string[] = ["model", "provider", "agent", "task_type"];
const MOST_BARS = 8;

/** All costs of the window in figures; what is not known for sure stands apart. */
export function CostCards({ total }: { total: Sums }) {
  const { count, tokens, totalCostNanos, avgCost, unpricedCount, uncertainCost, wastedCost } = total;
  return (
    <ul class="cards">
      <Card label="Spent" note={unpricedCount > 0 ? "all that is known" : undefined}>
        <Money nanos={totalCostNanos} short />
      </Card>
      <Card label="Delegations" note={avgCost !== null && <>average {<Money nanos={nanosOf(avgCost)} short />}</>}>
        {countText(count)}
      </Card>
      <Card label="Tokens">
        <Tokens count={tokens} />
      </Card>
      <Card label="Unpriced" note="cost not known in full">
        {countText(unpricedCount)}
      </Card>
      <Card label="Uncertain" note="may come on top, at most">
        <Money nanos={nanosOf(uncertainCost)} short />
      </Card>
      <Card label="Wasted" note="on attempts that failed">
        <Money nanos={nanosOf(wastedCost)} short />
      </Card>
    </ul>
  );
}

/** The dearest groups of one kind as bars, each a way to its delegations. `span` narrows these to the same window. */
export function CostBars({ report, grouping, span }: { report: CostReport; grouping: Grouping; span: Span }) {
  const shown = report.data.slice(0, MOST_BARS);
  const more = report.data.length - shown.length;
  const bars = shown.map((row) => ({
    label: nameOf(row, grouping),
    ...linkOf(row, grouping, span),
    nanos: row.totalCostNanos,
    note: noteOf(row, grouping),
  }));
  return (
    <section class="panel">
      <h2>{`By ${grouping.head.toLowerCase()}`}</h2>
      {bars.length === 0 ? (
        <p class="muted">Nothing in this window.</p>
      ) : (
        <BarList label={`Costs by ${grouping.head.toLowerCase()}`} bars={bars} />
      )}
      {more > 0 && <p class="muted">{`and ${countText(more)} more, in the table below`}</p>}
    </section>
  );
}

/** Every group of one kind with all its sums. */
export function CostTable({ report, grouping, span }: { report: CostReport; grouping: Grouping; span: Span }) {
  if (report.data.length === 0) return <p class="muted">Nothing in this window.</p>;
  const columns: Column<Row>[] = [
    { head: grouping.head, cell: (row) => <GroupName row={row} grouping={grouping} span={span} /> },
    { head: countedBy(grouping), numeric: true, cell: ({ count }) => countText(count) },
    { head: "Tokens", numeric: true, cell: ({ tokens }) => <Tokens count={tokens} /> },
    { head: "Cost", numeric: true, cell: ({ totalCostNanos }) => <Money nanos={totalCostNanos} /> },
    { head: "Average", numeric: true, cell: ({ avgCost }) => <Money nanos={nanosOf(avgCost)} short /> },
    { head: "Unpriced", numeric: true, cell: ({ unpricedCount }) => countText(unpricedCount) },
    { head: "Uncertain", numeric: true, cell: ({ uncertainCost }) => <Money nanos={nanosOf(uncertainCost)} short /> },
    { head: "Wasted", numeric: true, cell: ({ wastedCost }) => <Money nanos={nanosOf(wastedCost)} short /> },
  ];
  return <DataTable caption={`Costs by ${grouping.head.toLowerCase()}`} columns={columns} rows={report.data} />;
}

/** Times as the list of delegations takes them. */
export type Span = { created_after: string | undefined; created_before: string | undefined };

function GroupName({ row, grouping, span }: { row: Row; grouping: Grouping; span: Span }) {
  const { href } = linkOf(row, grouping, span);
  const name = nameOf(row, grouping);
  return href === undefined ? <span>{name}</span> : <a href={href}>{name}</a>;
}

/** Of models and providers, attempts are counted: each was paid to one of them. */
const countedBy = ({ by }: Grouping): string => (by === "model" || by === "provider" ? "Attempts" : "Delegations");

const nameOf = (row: Row, { field, head }: Grouping): string => row[field] ?? `no ${head.toLowerCase()}`;

function linkOf(row: Row, { by, field }: Grouping, span: Span): { href?: string } {
  const value = row[field];
  if (typeof value !== "string" || !FILTERS.includes(by)) return {};
  return { href: queryLink("/delegations", { [by]: value, ...span }) };
}

function noteOf({ count, tokens, unpricedCount }: Row, grouping: Grouping): string {
  const counted = countedBy(grouping)
    .toLowerCase()
    .slice(0, count === 1 ? -1 : undefined);
  const unpriced = unpricedCount === 0 ? "" : ` · ${countText(unpricedCount)} unpriced`;
  return `${countText(count)} ${counted} · ${countText(tokens)} tokens${unpriced}`;
}
