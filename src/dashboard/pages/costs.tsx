import { queryLink } from "../components/query-link.ts";
import { StackedBarChart } from "../components/stacked-bar-chart.tsx";
import { type CostWindow, costWindow, WINDOWS, windowQuery } from "../cost-window.ts";
import type { Page } from "../page.ts";
import type { Visit } from "../visit.ts";
import { costDays } from "./cost-days.ts";
import { CostBars, CostCards, CostTable, GROUPINGS, type Grouping, type Span } from "./cost-view.tsx";

const BARS = GROUPINGS.filter(({ by }) => by === "model" || by === "agent" || by === "task_type" || by === "key");

/** What was spent, on whom and what for. */
export const costsPage: Page = { path: "/costs", title: "Costs", nav: "Costs", show };

async function show({ client, url, now }: Visit) {
  const window = costWindow(url.searchParams, now);
  const grouping = GROUPINGS.find(({ by }) => by === url.searchParams.get("by")) ?? GROUPINGS[0];
  const created = { ...(window.after && { createdAfter: window.after }), ...(window.before && { createdBefore: window.before }) };
  const reportBy = async (each: Grouping) => ({ grouping: each, report: await client.costs({ ...created, groupBy: [each.by] }) });
  const reports = BARS.map(reportBy);
  const [daily, { total }, table, ...bars] = await Promise.all([
    client.costs({ ...created, groupBy: ["day", "model"] }),
    client.costs(created),
    reports[BARS.indexOf(grouping)] ?? reportBy(grouping),
    ...reports,
  ]);
  const span: Span = { created_after: window.after, created_before: window.before };
  return (
    <>
      <Windows window={window} by={grouping.by} />
      <CostCards total={total} />
      <section class="panel">
        <h2>By day and model</h2>
        <StackedBarChart id="spend" title="Cost by day and model" {...costDays(daily.data, window.firstDay, window.lastDay)} />
      </section>
      <div class="columns">
        {bars.map((each) => (
          <CostBars {...each} span={span} />
        ))}
      </div>
      <section class="panel" id="table">
        <h2>All figures</h2>
        <div class="actions">
          <nav class="tabs" aria-label="Grouped by">
            {GROUPINGS.map(({ by, head }) => (
              <a
                href={`${queryLink("/costs", { ...windowQuery(window), by })}#table`}
                aria-current={by === grouping.by ? "page" : undefined}
              >
                {head}
              </a>
            ))}
          </nav>
          <a class="button" href={queryLink("/costs.csv", { ...windowQuery(window), by: grouping.by })} download>
            As CSV
          </a>
        </div>
        <CostTable {...table} span={span} />
      </section>
    </>
  );
}

function Windows({ window, by }: { window: CostWindow; by: string }) {
  const names = [
    ...Object.entries(WINDOWS).map(([name, days]) => ({ name, words: `${days} days` })),
    { name: "all", words: "All" },
  ];
  return (
    <div class="inline">
      <nav class="tabs" aria-label="Window">
        {names.map(({ name, words }) => (
          <a href={queryLink("/costs", { window: name, by })} aria-current={window.name === name ? "page" : undefined}>
            {words}
          </a>
        ))}
      </nav>
      <form method="get" class="inline">
        <label>
          <span>From (UTC)</span>
          <input type="date" name="from" value={window.firstDay} />
        </label>
        <label>
          <span>To</span>
          <input type="date" name="to" value={window.lastDay} />
        </label>
        <input type="hidden" name="by" value={by} />
        <button type="submit">Show</button>
      </form>
    </div>
  );
}
