import { z } from "zod";
import { createDatabase } from "../db/client.ts";
import { type Costs, costs } from "../db/costs.ts";
import { STATUSES } from "../delegations/delegation.ts";
import { dollars } from "../lib/nanos.ts";
import { TASK_TYPES } from "../models/task-words.ts";
import { PROVIDER_IDS } from "../providers/provider.ts";
import type { Api } from "./api.ts";
import type { Operation } from "./operation.ts";
import { CREATED_SPAN, listParameter } from "./query-parameters.ts";

const GROUPS = ["model", "provider", "agent", "task_type", "day"] as const;

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
const GroupSums = Sums.extend({ model: group, provider: group, agent: group, task_type: group, day: group }).meta({
  id: "CostGroup",
});

const CostReport = z.object({ data: z.array(GroupSums), total: Sums }).meta({ id: "CostReport" });
export type CostReport = z.infer<typeof CostReport>;

const name = z.string().min(1).max(200).optional();

const report = {
  method: "get",
  path: "/v1/costs",
  id: "getCosts",
  tag: "Money",
  scope: "read",
  summary: "What was spent, on whom and what for",
  description:
    "The money is that of all attempts, fallbacks and retries included. `model` and `provider` count attempts: what was really paid to whom. Groups come dearest first, 1,000 at most; `total` covers all.",
  querySchema: z.strictObject({
    group_by: listParameter(GROUPS, "Grouped by.").optional(),
    status: listParameter(STATUSES, "The status.").optional(),
    provider: z.enum(PROVIDER_IDS).optional(),
    model: name.meta({ description: "The vendor's model id." }),
    task_type: z.enum(TASK_TYPES).optional(),
    agent: name,
    ...CREATED_SPAN,
  }),
  successes: {
    200: { description: "The sums.", schema: CostReport },
  },
  errors: [],
} as const satisfies Operation;

export function addCostsRoute(api: Api): void {
  api.add(report, async ({ context, principal, query }) => {
    const { group_by = [], ...filters } = query;
    const { groups, total } = await costs(createDatabase(context.env.DB), principal.workspace, group_by, filters);
    const data = groups.map((row) => {
      const named = GROUPS.filter((each) => group_by.includes(each)).map((each) => [each, row[each] ?? null]);
      return { ...Object.fromEntries(named), ...sumsOf(row) };
    });
    return context.json({ data, total: sumsOf(total) });
  });
}

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
