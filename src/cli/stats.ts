import type { StatsReport } from "../http/stats-route.ts";
import { command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { count } from "./figures.ts";
import { groupCells, groupHeadings } from "./group-columns.ts";
import { table } from "./table.ts";

/** Shows how delegations went. */
export const stats = command({
  usage: "[options]",
  summary: "show how delegations and their attempts went",
  words: [0, 0],
  options: {
    by: { type: "string", value: "LIST", help: "model, provider, agent, task_type" },
    window: { type: "string", value: "SPAN", help: "1h, 24h (default), 7d, 30d or 90d" },
  },
  run: async (given, { api, signal, terminal, json }) => {
    const by = given.list("by") ?? [];
    const query = { group_by: by.length === 0 ? undefined : by, window: given.text("window") };
    const report = await api.json<StatsReport>({ method: "GET", path: "/v1/stats", query, signal });
    if (json) terminal.out(`${JSON.stringify(report)}\n`);
    else terminal.out(statsTable(report, by, terminal.columns));
    return EXIT.done;
  },
});

/** A line a group. */
function statsTable({ data }: StatsReport, by: readonly string[], width: number): string {
  const headings = [...groupHeadings(by), "tasks", "success", "attempts", "success"];
  const rows = data.map(({ delegations, attempts, ...group }) => [
    ...groupCells(group, by),
    count(delegations.count),
    percent(delegations.success_rate),
    count(attempts.count),
    percent(attempts.success_rate),
  ]);
  return table(headings, rows, width);
}

const percent = (rate: number | null): string => (rate === null ? "-" : `${(rate * 100).toFixed(1)} %`);
