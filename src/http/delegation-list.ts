import { z } from "zod";
import { createDatabase } from "../db/client.ts";
import { listDelegations, type SortField } from "../db/list-delegations.ts";
import { Delegation, STATUSES, TaskId } from "../delegations/delegation.ts";
import { nanosOf } from "../lib/nanos.ts";
import { TASK_TYPES } from "../models/task-words.ts";
import { PROVIDER_IDS } from "../providers/provider.ts";
import type { Api } from "./api.ts";
import { DelegationSummary, summaryOf } from "./delegation-summary.ts";
import { cursorOf, positionOf } from "./list-cursor.ts";
import type { Operation } from "./operation.ts";
import { amountParameter, CREATED_SPAN, integerParameter, listParameter } from "./query-parameters.ts";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
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
    limit: integerParameter(1, MAX_LIMIT, `How many at most; ${DEFAULT_LIMIT} unless given.`).optional(),
    cursor: z
      .string()
      .min(1)
      .max(1_000)
      .optional()
      .meta({ description: "`next_cursor` of the page before, with the same filters and sort." }),
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
    200: {
      description: "One page.",
      schema: z
        .object({
          data: z.array(DelegationSummary),
          next_cursor: z.string().nullable().meta({ description: "For the next page; null on the last one." }),
        })
        .meta({ id: "DelegationList" }),
    },
  },
  errors: [],
} as const satisfies Operation;

export function addDelegationList(api: Api): void {
  api.add(list, async ({ context, principal, query }) => {
    const { sort = "-created_at", limit = DEFAULT_LIMIT, cursor, min_cost, property, ...plain } = query;
    const filters = { ...plain, properties: property, min_cost_nanos: nanosOf(min_cost ?? null) ?? undefined };
    const field = sort.replace("-", "") as SortField;
    const binding = { ...filters, sort, workspace: principal.workspace };
    const after = cursor === undefined ? undefined : await positionOf(cursor, binding);
    const page = { sort: field, descending: sort.startsWith("-"), limit: limit + 1, after };
    const rows = await listDelegations(createDatabase(context.env.DB), principal.workspace, filters, page);
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    const next = last && (await cursorOf({ value: last[SORTED_VALUE[field]], task_id: last.task_id }, binding));
    return context.json({ data: shown.map(summaryOf), next_cursor: next ?? null });
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
