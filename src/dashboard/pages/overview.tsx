import type { BudgetRecord } from "../../client/budgets.ts";
import type { Client } from "../../client/create-client.ts";
import { Card } from "../components/card.tsx";
import { curlLine } from "../components/curl-line.ts";
import { durationText } from "../components/duration.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Money } from "../components/money.tsx";
import { queryLink } from "../components/query-link.ts";
import { StackedBarChart } from "../components/stacked-bar-chart.tsx";
import { countText } from "../components/tokens.tsx";
import { costWindow } from "../cost-window.ts";
import type { Page } from "../page.ts";
import type { Visit } from "../visit.ts";
import { OPEN_STATUSES } from "../words.ts";
import { BudgetBar } from "./budget-bar.tsx";
import { costDays } from "./cost-days.ts";
import { DelegationRows } from "./delegation-list.tsx";

const SHOWN = 10;

/** How things stand: what runs, what was spent, how it goes. */
export const overviewPage: Page = {
  path: "/",
  title: "Overview",
  nav: "Overview",
  show: async (visit) => {
    const { client, now } = visit;
    const window = costWindow(new URLSearchParams({ window: "30d" }), now);
    const today = `${new Date(now).toISOString().slice(0, 10)}T00:00:00.000Z`;
    const [open, latest, stats, spentToday, days, budgets] = await Promise.all([
      client.taskDelegations.page({ status: OPEN_STATUSES }, { limit: SHOWN }),
      client.taskDelegations.page({}, { limit: SHOWN }),
      client.stats({ window: "24h" }),
      client.costs({ createdAfter: today }),
      client.costs({ groupBy: ["day", "model"], ...(window.after !== undefined && { createdAfter: window.after }) }),
      client.budgets.list(),
    ]);
    if (latest.data.length === 0) return <Welcome visit={visit} />;
    const chart = costDays(days.data, window.firstDay, window.lastDay);
    return (
      <div id="overview" data-live class="stack">
        <Figures stats={stats} spentToday={spentToday} open={open} />
        <section class="panel">
          <h2>Now</h2>
          {open.data.length === 0 ? <p class="muted">Nothing runs or waits.</p> : <DelegationRows rows={open.data} now={now} />}
        </section>
        <section class="panel">
          <h2>Budgets</h2>
          <Budgets budgets={budgets} />
        </section>
        <section class="panel">
          <h2>Cost by day and model, 30 days</h2>
          <StackedBarChart id="cost-days" title="Cost by day and model" {...chart} />
        </section>
        <section class="panel">
          <h2>Latest</h2>
          <DelegationRows rows={latest.data} now={now} idPrefix="latest" />
          <p>
            <a href="/delegations">All delegations</a>
          </p>
        </section>
      </div>
    );
  },
};

type FiguresProps = {
  stats: Awaited<ReturnType<Client["stats"]>>;
  spentToday: Awaited<ReturnType<Client["costs"]>>;
  open: { data: readonly unknown[]; nextCursor: string | null };
};

function Figures({ stats: { data }, spentToday: { total }, open }: FiguresProps) {
  const day = data[0]?.delegations;
  const rate = day?.successRate ?? null;
  const p95 = day?.latencyMs.p95 ?? null;
  return (
    <ul class="cards">
      <Card label="Running or waiting">
        <a href={queryLink("/delegations", { status: OPEN_STATUSES.join(",") })}>
          {open.nextCursor === null ? countText(open.data.length) : `${open.data.length}+`}
        </a>
      </Card>
      <Card
        label="Spent today, UTC"
        note={total.unpricedCount > 0 ? `${countText(total.unpricedCount)} of unknown cost` : undefined}
      >
        <Money nanos={total.count === 0 ? 0 : total.totalCostNanos} short />
      </Card>
      <Card label="Delegations in 24 h" note={`${countText(day?.failed ?? 0)} failed`}>
        {countText(day?.count ?? 0)}
      </Card>
      <Card label="Success in 24 h">{rate === null ? "–" : `${(rate * 100).toFixed(1)} %`}</Card>
      <Card label="Latency p95 in 24 h" note={p95 === null ? undefined : "from creation to completion"}>
        {p95 === null ? "–" : durationText(p95)}
      </Card>
    </ul>
  );
}

const Budgets = ({ budgets }: { budgets: readonly BudgetRecord[] }) =>
  budgets.length === 0 ? (
    <p class="muted">
      There is none: nothing limits what is spent. <a href="/budgets">Set one</a>.
    </p>
  ) : (
    <ul class="bars">
      {budgets.map((budget) => (
        <BudgetBar budget={budget} />
      ))}
    </ul>
  );

/** For a workspace in which nothing was delegated. */
const Welcome = ({ visit }: { visit: Visit }) => (
  <div id="overview" data-live class="stack">
    <EmptyState
      title="Nothing was delegated yet"
      command={curlLine(visit.url.origin, "/v1/delegations", { prompt: "Say hello", agent: "writer" })}
    >
      <p>
        {visit.may("delegate") && (
          <>
            <a href="/delegate">Delegate something from here</a>.{" "}
          </>
        )}
        Or paste this into a terminal, with <code>DEPUTE_KEY</code> set to a key of yours; this page shows it run.
      </p>
    </EmptyState>
  </div>
);
