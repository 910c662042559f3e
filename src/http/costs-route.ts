import { z } from "zod";
import { createDatabase } from "../db/client.ts";
import { type Costs, costs } from "../db/costs.ts";
import { csvLine } from "../lib/csv.ts";
import { dollars } from "../lib/nanos.ts";
import type { Api } from "./api.ts";
import { filtersOf, HISTORY_FILTERS, withProperties } from "./history-filters.ts";
import type { Operation } from "./operation.ts";
import { listParameter } from "./query-parameters.ts";
import { CSV, wantsCsv } from "./wants-csv.ts";

const GROUPS = ["model", "provider", "agent", "task_type", "key", "day", "batch", "flow"] as const;

const Dollars = z.number().nullable();
const Sums = z
  .object({
    count: z.int().meta({ description: "Attempts when `model` or `provider` is a group or filter, else delegations." }),
    tokens: z.int(),
    total_cost: Dollars.meta({
      description: "US dollars: all that is known, deleted delegations included; null when nothing is.",
    }),
    total_cost_nanos: z.int().nullable(),
    avg_cost: Dollars.meta({ description: "Of those whose cost is known in full." }),
    unpriced_count: z.int().meta({ description: "How many have a cost that is not known in full." }),
    uncertain_cost: z
      .number()
      .meta({ description: "What may come on top, at most, where the vendor's final count is missing and there is a price." }),
    wasted_cost: z.number().meta({ description: "Paid to attempts that failed, were interrupted or cancelled." }),
  })
  .meta({ id: "Costs" });
const group = z.string().nullable().optional();
const GroupSums = Sums.extend({
  model: group,
  provider: group,
  agent: group,
  task_type: group,
  key: group.meta({ description: "The name of the key." }),
  day: group.meta({ description: "UTC, `YYYY-MM-DD`." }),
  batch: group,
  flow: group,
}).meta({ id: "CostGroup" });

const CostReport = z.object({ data: z.array(GroupSums), total: Sums }).meta({ id: "CostReport" });
export type CostReport = z.infer<typeof CostReport>;

const report = {
  method: "get",
  path: "/v1/costs",
  id: "getCosts",
  tag: "Money",
  scope: "read",
  summary: "What was spent, on whom and what for",
  description:
    "The money is that of all attempts, fallbacks and retries included. `model` and `provider` count attempts: what was really paid to whom. Groups come dearest first, 1,000 at most; `total` covers all.",
  querySchema: z.preprocess(
    withProperties,
    z.strictObject({ group_by: listParameter(GROUPS, "Grouped by.").optional(), ...HISTORY_FILTERS }),
  ),
  successes: {
    200: {
      description: "The sums. As CSV a line for each group, or the total when there are none.",
      schema: CostReport,
      mediaTypes: ["application/json", CSV],
    },
  },
  errors: [],
} as const satisfies Operation;

export function addCostsRoute(api: Api): void {
  api.add(report, async ({ context, principal, query }) => {
    const { group_by = [], ...asked } = query;
    const database = createDatabase(context.env.DB);
    const { groups, total } = await costs(database, principal.workspace, group_by, filtersOf(asked));
    const data = groups.map((row) => {
      const named = GROUPS.filter((each) => group_by.includes(each)).map((each) => [each, row[each] ?? null] as const);
      return { ...Object.fromEntries(named), ...sumsOf(row) };
    });
    if (!wantsCsv(context)) return context.json({ data, total: sumsOf(total) });
    const lines = group_by.length === 0 ? [sumsOf(total)] : data;
    const csv = [
      [...GROUPS.filter((each) => group_by.includes(each)), ...SUM_NAMES],
      ...lines.map((line) => Object.values(line)),
    ];
    return context.body(csv.map(csvLine).join(""), 200, { "content-type": `${CSV}; charset=utf-8` });
  });
}

const SUM_NAMES = Object.keys(Sums.shape);

function sumsOf(row: Costs): z.infer<typeof Sums> {
  const priced = row.count - row.unpriced_count;
  return {
    count: row.count,
    tokens: row.tokens,
    total_cost: dollars(row.total_nanos),
    total_cost_nanos: row.total_nanos,
    avg_cost: row.priced_nanos === null || priced === 0 ? null : dollars(Math.round(row.priced_nanos / priced)),
    unpriced_count: row.unpriced_count,
    uncertain_cost: dollars(row.uncertain_nanos) ?? 0,
    wasted_cost: dollars(row.wasted_nanos) ?? 0,
  };
}
