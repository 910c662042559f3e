import { z } from "zod";
import { createDatabase } from "../db/client.ts";
import { listDelegations } from "../db/list-delegations.ts";
import type { SortField } from "../db/list-order.ts";
import type { Api } from "./api.ts";
import { DelegationSummary, summaryOf } from "./delegation-summary.ts";
import { filtersOf, HISTORY_FILTERS, WORDS, withProperties } from "./history-filters.ts";
import { listPage, PAGE_PARAMETERS, pageSchema } from "./list-page.ts";
import type { Operation } from "./operation.ts";

const SORTS = ["-created_at", "created_at", "-cost", "cost", "-completed_at", "completed_at"] as const;
const SORTED_VALUE = { created_at: "created_at", completed_at: "completed_at", cost: "cost_nanos" } as const;

const ListQuery = z.preprocess(
  withProperties,
  z.strictObject({
    ...HISTORY_FILTERS,
    q: WORDS,
    sort: z
      .enum(SORTS)
      .optional()
      .meta({ description: "A leading `-` is descending, the default is `-created_at`. Unknown values come last." }),
    ...PAGE_PARAMETERS,
  }),
);

const list = {
  method: "get",
  path: "/v1/delegations",
  id: "listDelegations",
  tag: "Delegations",
  scope: "read",
  summary: "List delegations",
  description:
    "From the list, which follows the delegations within moments; one delegation itself is never stale. By `created_at` any search is answered; by the others a search that finds more than 5,000 is refused.",
  querySchema: ListQuery,
  successes: {
    200: { description: "One page.", schema: pageSchema(DelegationSummary, "DelegationList") },
  },
  errors: [],
} as const satisfies Operation;

export function addDelegationList(api: Api): void {
  api.add(list, async ({ context, principal, query }) => {
    const { sort = "-created_at", limit, cursor, ...asked } = query;
    const filters = filtersOf(asked);
    const field = sort.replace("-", "") as SortField;
    const { workspace } = principal;
    const database = createDatabase(context.env.DB);
    const { rows, next_cursor } = await listPage(
      { limit, cursor },
      { ...filters, sort, workspace },
      (page) => listDelegations(database, workspace, filters, { ...page, sort: field, descending: sort.startsWith("-") }),
      (row) => ({ value: row[SORTED_VALUE[field]], id: row.task_id }),
    );
    return context.json({ data: rows.map(summaryOf), next_cursor });
  });
}
