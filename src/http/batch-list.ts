import { z } from "zod";
import { Batch } from "../batches/batch.ts";
import { createDatabase } from "../db/client.ts";
import { listBatches } from "../db/list-batches.ts";
import type { BatchRow } from "../db/save-batch.ts";
import { dollars } from "../lib/nanos.ts";
import type { Api } from "./api.ts";
import { listPage, PAGE_PARAMETERS, pageSchema } from "./list-page.ts";
import type { Operation } from "./operation.ts";
import { CREATED_SPAN, listParameter } from "./query-parameters.ts";
import { readableRow } from "./readable-row.ts";

const BatchSummary = Batch.omit({ results: true, max_concurrency: true }).meta({
  id: "BatchSummary",
  description: "A batch without its results.",
});
export type BatchSummary = z.infer<typeof BatchSummary>;

const list = {
  method: "get",
  path: "/v1/batches",
  id: "listBatches",
  tag: "Batches",
  scope: "read",
  summary: "List batches, newest first",
  description:
    "From the list, which has a batch as soon as it is accepted and when it has ended; in between its counts and costs may be some ten seconds old. One batch itself is never stale.",
  querySchema: z.strictObject({
    status: listParameter(Batch.shape.status.options, "The status.").optional(),
    ...CREATED_SPAN,
    ...PAGE_PARAMETERS,
  }),
  successes: { 200: { description: "One page.", schema: pageSchema(BatchSummary, "BatchList") } },
  errors: [],
} as const satisfies Operation;

export function addBatchList(api: Api): void {
  api.add(list, async ({ context, principal: { workspace }, query: { limit, cursor, ...filters } }) => {
    const database = createDatabase(context.env.DB);
    const { rows, next_cursor } = await listPage(
      { limit, cursor },
      { list: "batches", ...filters, workspace },
      (page) => listBatches(database, workspace, filters, page),
      ({ created_at, batch_id }) => ({ value: created_at, id: batch_id }),
    );
    return context.json({ data: rows.flatMap(summaryOf), next_cursor });
  });
}

const isoTime = (at: number): string => new Date(at).toISOString();

function summaryOf(row: BatchRow): BatchSummary[] {
  const summary = {
    ...row,
    status: row.status as BatchSummary["status"],
    counts: row.counts as BatchSummary["counts"],
    created_at: isoTime(row.created_at),
    completed_at: row.completed_at === null ? null : isoTime(row.completed_at),
    cost: dollars(row.cost_nanos),
  };
  return readableRow(BatchSummary, summary, { workspace: row.workspace, batchId: row.batch_id });
}
