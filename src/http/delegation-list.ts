import { z } from "zod";
import { createDatabase } from "../db/client.ts";
import { listDelegations, type SortField } from "../db/list-delegations.ts";
import { Delegation, STATUSES, TaskId } from "../delegations/delegation.ts";
import { nanosOf } from "../lib/nanos.ts";
import { TASK_TYPES } from "../models/task-words.ts";
import { PROVIDER_IDS } from "../providers/provider.ts";
import type { Api } from "./api.ts";
import { DelegationSummary, summaryOf } from "./delegation-summary.ts";
import { listPage, PAGE_PARAMETERS, pageSchema } from "./list-page.ts";
import type { Operation } from "./operation.ts";
import { amountParameter, CREATED_SPAN, listParameter } from "./query-parameters.ts";

const PROPERTY = "property.";
/** Each takes four of the 100 values that D1 binds to one query. */
const MAX_PROPERTIES = 10;
const SORTS = ["-created_at", "created_at", "-cost", "cost", "-completed_at", "completed_at"] as const;
const SORTED_VALUE = { created_at: "created_at", completed_at: "completed_at", cost: "cost_nanos" } as const;

const name = (description: string) => z.string().min(1).max(200).optional().meta({ description });

const ListQuery = z.preprocess(
  withProperties,
  z.strictObject({
    status: listParameter(STATUSES, "The status.").optional(),
    agent: name("The saved role."),
    provider: z.enum(PROVIDER_IDS).optional(),
    model: name("The vendor's model id, or the name it was asked for by."),
    task_type: z.enum(TASK_TYPES).optional(),
    batch_id: name("Those of one batch."),
    flow_id: name("Those of one flow."),
    parent_task_id: TaskId.optional().meta({ description: "The retries and children of one delegation." }),
    source: Delegation.shape.source.optional(),
    ...CREATED_SPAN,
    min_cost: amountParameter("Cost at least so many US dollars.").optional(),
    property: z
      .record(z.string().min(1), z.string())
      .refine((named) => Object.keys(named).length <= MAX_PROPERTIES, `must be at most ${MAX_PROPERTIES} filters`)
      .optional()
      .meta({
        description: `Sent as \`property.<name>=<value>\`: has a property with this string, number or boolean. At most ${MAX_PROPERTIES} of them.`,
      }),
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
  description: "From the list, which follows the delegations within moments; one delegation itself is never stale.",
  querySchema: ListQuery,
  successes: {
    200: { description: "One page.", schema: pageSchema(DelegationSummary, "DelegationList") },
  },
  errors: [],
} as const satisfies Operation;

export function addDelegationList(api: Api): void {
  api.add(list, async ({ context, principal, query }) => {
    const { sort = "-created_at", limit, cursor, min_cost, property, ...plain } = query;
    const filters = { ...plain, properties: property, min_cost_nanos: nanosOf(min_cost ?? null) ?? undefined };
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

/** Gathers `property.<name>` parameters in one field. No delegation has a property named `__proto__`: it is left out, and unknown. */
function withProperties(query: unknown): unknown {
  const names = (key: string) => key.startsWith(PROPERTY) && key !== `${PROPERTY}__proto__`;
  const [properties, others] = [true, false].map((wanted) =>
    Object.entries(query ?? {}).filter(([key]) => names(key) === wanted),
  );
  if (properties === undefined || properties.length === 0) return query;
  const named = properties.map(([key, value]) => [key.slice(PROPERTY.length), value]);
  return { ...Object.fromEntries(others ?? []), property: Object.fromEntries(named) };
}
