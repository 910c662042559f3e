import { z } from "zod";
import { createDatabase } from "../db/client.ts";
import { listDelegations, type StoredDelegation } from "../db/list-delegations.ts";
import type { Position } from "../db/position.ts";
import { describeError, log } from "../lib/log.ts";
import type { Api } from "./api.ts";
import { DelegationSummary } from "./delegation-summary.ts";
import { type Bodies, exportText, NO_BODIES } from "./export-text.ts";
import { filtersOf, HISTORY_FILTERS, WORDS, withProperties } from "./history-filters.ts";
import { type Bindings, delegationObject } from "./http-env.ts";
import { listPage } from "./list-page.ts";
import type { Operation } from "./operation.ts";
import { integerParameter } from "./query-parameters.ts";
import { CSV, wantsCsv } from "./wants-csv.ts";

const NDJSON = "application/x-ndjson";
const PAGE = 500;
const NEXT_CURSOR = "Depute-Next-Cursor";

const exported = {
  method: "get",
  path: "/v1/export",
  id: "exportDelegations",
  tag: "Delegations",
  scope: "read",
  summary: "The history as a file",
  description:
    "As NDJSON or CSV, the newest first, a delegation a line, read as it is sent: what is created meanwhile is not in it. With `limit` it is one page, and the header `Depute-Next-Cursor` is the `cursor` of the next one; without that header it was the last. `include=bodies` adds `prompt` and `output` in full and comes in pages of 500 at most. A line that is missing its texts (deleted meanwhile, or not readable just now) has them null.",
  querySchema: z.preprocess(
    withProperties,
    z.strictObject({
      ...HISTORY_FILTERS,
      q: WORDS,
      format: z.enum(["ndjson", "csv"]).optional().meta({ description: "Instead of `Accept`; NDJSON unless asked otherwise." }),
      include: z.enum(["bodies"]).optional(),
      limit: integerParameter(1, PAGE, `How many lines at most; all unless given, with \`include=bodies\` ${PAGE}.`).optional(),
      cursor: z.string().min(1).max(1_000).optional().meta({
        description: "`Depute-Next-Cursor` of the page before, with the same filters.",
      }),
    }),
  ),
  successes: {
    200: {
      description: "One line for each delegation.",
      schema: DelegationSummary,
      mediaTypes: [NDJSON, CSV],
      headers: { [NEXT_CURSOR]: "The cursor of the next page, when there is one." },
    },
  },
  errors: [],
} as const satisfies Operation;

export function addExportRoute(api: Api): void {
  api.add(exported, async ({ context, principal: { workspace }, query }) => {
    const { format, include, limit, cursor, ...asked } = query;
    const filters = filtersOf(asked);
    const isCsv = format === "csv" || (format === undefined && wantsCsv(context));
    const withBodies = include === "bodies";
    const database = createDatabase(context.env.DB);
    const read = (page: PageStart) => listDelegations(database, workspace, filters, { ...NEWEST_FIRST, ...page });
    // The first page is read before the answer begins: what is wrong with the request is still a problem, and the cursor is known.
    const { rows, next_cursor } = await listPage(
      { limit: limit ?? PAGE, cursor },
      { export: workspace, ...filters },
      read,
      endOf,
    );
    const isPage = withBodies || limit !== undefined;
    const goesOn = !isPage && next_cursor !== null;
    const bodiesOfRow = withBodies ? (row: StoredDelegation) => bodiesOf(context.env, workspace, row.task_id) : undefined;
    const headers = new Headers({
      "content-type": isCsv ? `${CSV}; charset=utf-8` : NDJSON,
      "cache-control": "no-store, no-transform",
      "content-disposition": `attachment; filename="delegations.${isCsv ? "csv" : "ndjson"}"`,
    });
    if (isPage && next_cursor !== null) headers.set(NEXT_CURSOR, next_cursor);
    const text = exportText(allRows(rows, goesOn, read), isCsv, bodiesOfRow);
    return new Response(streamOf(text), { headers });
  });
}

const NEWEST_FIRST = { sort: "created_at", descending: true } as const;
type PageStart = { limit: number; after: Position | undefined };

const endOf = (row: StoredDelegation): Position => ({ value: row.created_at, id: row.task_id });

/** Page by page: the next one is read when the one before has been taken. */
async function* allRows(
  first: StoredDelegation[],
  goesOn: boolean,
  read: (page: PageStart) => Promise<StoredDelegation[]>,
): AsyncGenerator<StoredDelegation[]> {
  yield first;
  let last = goesOn ? first.at(-1) : undefined;
  while (last !== undefined) {
    const rows = await read({ limit: PAGE, after: endOf(last) });
    yield rows;
    last = rows.length < PAGE ? undefined : rows.at(-1);
  }
}

/** The texts of a delegation; none when it has none any more. */
async function bodiesOf(env: Bindings, workspace: string, taskId: string): Promise<Bodies> {
  try {
    const outcome = await delegationObject(env, workspace, taskId).read(0);
    if (outcome.kind === "found") return { prompt: outcome.delegation.prompt, output: outcome.delegation.output };
  } catch (cause) {
    log.error({ workspace, taskId, cause: describeError(cause) }, "a delegation could not be read for an export");
  }
  return NO_BODIES;
}

/** Who goes away ends the reading. */
function streamOf(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      async pull(controller) {
        const { value, done } = await texts.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        await texts.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
