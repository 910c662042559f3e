import { z } from "zod";
import { createDatabase } from "../db/client.ts";
import { type FlowRow, listFlows } from "../db/flows.ts";
import { FLOW_STATUSES, FlowSummary } from "../flows/flow.ts";
import { PATTERN_NAMES } from "../flows/patterns.ts";
import { dollars } from "../lib/nanos.ts";
import type { Api } from "./api.ts";
import { listPage, PAGE_PARAMETERS, pageSchema } from "./list-page.ts";
import type { Operation } from "./operation.ts";
import { CREATED_SPAN, listParameter } from "./query-parameters.ts";
import { readableRow } from "./readable-row.ts";

const list = {
  method: "get",
  path: "/v1/flows",
  id: "listFlows",
  tag: "Flows",
  scope: "read",
  summary: "List flows, newest first",
  description: "From the list, which follows the flows within moments; one flow itself is never stale.",
  querySchema: z.strictObject({
    status: listParameter(FLOW_STATUSES, "The status.").optional(),
    pattern: z.enum(PATTERN_NAMES).optional(),
    ...CREATED_SPAN,
    ...PAGE_PARAMETERS,
  }),
  successes: { 200: { description: "One page.", schema: pageSchema(FlowSummary, "FlowList") } },
  errors: [],
} as const satisfies Operation;

export function addFlowList(api: Api): void {
  api.add(list, async ({ context, principal: { workspace }, query: { limit, cursor, ...filters } }) => {
    const database = createDatabase(context.env.DB);
    const { rows, next_cursor } = await listPage(
      { limit, cursor },
      { list: "flows", ...filters, workspace },
      (page) => listFlows(database, workspace, filters, page),
      ({ created_at, flow_id }) => ({ value: created_at, id: flow_id }),
    );
    return context.json({ data: rows.flatMap(summaryOf), next_cursor });
  });
}

const isoTime = (at: number): string => new Date(at).toISOString();

function summaryOf({ steps, error_code, error_message, ...row }: FlowRow): FlowSummary[] {
  const summary = {
    ...row,
    created_at: isoTime(row.created_at),
    completed_at: row.completed_at === null ? null : isoTime(row.completed_at),
    step_count: steps,
    cost: dollars(row.cost_nanos),
    error: error_code === null ? null : { code: error_code, message: error_message ?? "" },
  };
  return readableRow(FlowSummary, summary as z.input<typeof FlowSummary>, { workspace: row.workspace, flowId: row.flow_id });
}
