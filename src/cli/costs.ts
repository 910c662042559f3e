import type { CostReport } from "../http/costs-route.ts";
import { command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { count, dollars } from "./figures.ts";
import { groupCells, groupHeadings } from "./group-columns.ts";
import { table } from "./table.ts";

/** Shows what was spent. */
export const costs = command({
  usage: "[options]",
  summary: "show what was spent",
  words: [0, 0],
  options: {
    by: { type: "string", value: "LIST", help: "model, provider, agent, task_type, day, key, batch, flow" },
    after: { type: "string", value: "TIME", help: "created after, ISO 8601" },
    before: { type: "string", value: "TIME", help: "created before" },
    agent: { type: "string", value: "NAME", help: "of this role" },
    provider: { type: "string", value: "NAME", help: "of this provider" },
    model: { type: "string", value: "NAME", help: "of this model" },
  },
  run: async (given, { api, signal, terminal, json }) => {
    const by = given.list("by") ?? [];
    const query = {
      group_by: by.length === 0 ? undefined : by,
      created_after: given.text("after"),
      created_before: given.text("before"),
      agent: given.text("agent"),
      provider: given.text("provider"),
      model: given.text("model"),
    };
    const report = await api.json<CostReport>({ method: "GET", path: "/v1/costs", query, signal });
    if (json) terminal.out(`${JSON.stringify(report)}\n`);
    else terminal.out(costTable(report, by, terminal.columns));
    return EXIT.done;
  },
});

/** The groups, dearest first, and what they come to. */
export function costTable({ data, total }: CostReport, by: readonly string[], width: number): string {
  const groups = by.length === 0 ? [] : data.map((row) => [...groupCells(row, by), ...sumCells(row)]);
  const all = ["total", ...by.slice(1).map(() => ""), ...sumCells(total)];
  return table([...groupHeadings(by), "count", "tokens", "cost"], [...groups, all], width);
}

const sumCells = ({ count: number, tokens, total_cost }: CostReport["total"]) => [
  count(number),
  count(tokens),
  dollars(total_cost),
];
