import { and, isNull, type SQL, sql } from "drizzle-orm";
import { AppError } from "../errors.ts";
import type { Database } from "./client.ts";
import { type DelegationFilters, filterConditions } from "./delegation-filters.ts";
import { INDEXED_UNTIL, matchOf, notIndexed, ROWID_BITS } from "./history-index.ts";
import { isAfter, orderOf, type Page } from "./list-order.ts";
import { rawBatch } from "./raw-batch.ts";
import { delegations } from "./schema.ts";

/** So many hits of the index are read to fill a page whose other filters the index cannot tell. */
const MOST_READ = 5_000;
/** Later than any time of creation that fits a rowid. */
const END_OF_TIME = 2 ** 41;

type Found = { task_id: string; created_at: number };

/**
 * The ids of one page of what words and properties find, in the order of the list. By `created_at` the index is read from where
 * the page begins. Throws AppError `invalid_request` when more hits than `MOST_READ` would have to be read.
 */
export async function searchDelegations(
  db: Database,
  workspace: string,
  filters: DelegationFilters,
  page: Page,
): Promise<string[]> {
  const byTime = page.sort === "created_at";
  const isExact = filters.properties === undefined && filters.min_cost_nanos === undefined;
  const rounds = byTime ? [isExact ? page.limit : 4 * page.limit, MOST_READ] : [MOST_READ];
  for (const most of rounds) {
    const span = spanOf(filters, page);
    const bound = boundOf(matchOf(workspace, filters), span, page, most);
    const query = pageQuery(workspace, filters, page, span, bound);
    const [rows = [], [bounded] = []] = await rawBatch<Found>(db, [query, sql`select ${bound} as created_at`]);
    const at = bounded?.created_at ?? null;
    if (at === null || (byTime && isFull(rows, page, at))) return rows.map(({ task_id }) => task_id);
  }
  throw tooMany();
}

/** Whether a page has no room for hits beyond the one at `bound`. */
function isFull(rows: Found[], { limit, descending }: Page, bound: number): boolean {
  const last = rows[limit - 1];
  return last !== undefined && (descending ? last.created_at >= bound : last.created_at <= bound);
}

function tooMany(): AppError {
  const message = `more than ${MOST_READ.toLocaleString("en")} delegations would have to be looked at: narrow them by created_after, more words or other filters, or sort by created_at`;
  return new AppError("invalid_request", `The query is not valid: ${message}.`, [{ path: "sort", message }]);
}

/** The span of creation times that a page can be from, both ends included; only by `created_at` its beginning is one of them. */
type Span = { from: number; to: number; after: number | undefined };

function spanOf(filters: DelegationFilters, { sort, descending, after }: Page): Span {
  const at = sort === "created_at" ? (after?.value ?? undefined) : undefined;
  const { from, to } = endsOf(filters);
  if (at === undefined) return { from, to, after: undefined };
  return descending ? { from, to: Math.min(to, at), after: at } : { from: Math.max(from, at), to, after: at };
}

const endsOf = ({ created_after = 0, created_before = END_OF_TIME }: DelegationFilters) => ({
  from: Math.max(0, created_after),
  to: Math.min(END_OF_TIME, created_before) - 1,
});

function rowids(from: SQL, to: SQL): SQL {
  return sql`history.rowid >= ((${from}) << ${ROWID_BITS}) and history.rowid < (((${to}) + 1) << ${ROWID_BITS})`;
}

/** The time of creation of the hit number `most`, those of the millisecond that the page begins in not counted; null when there are fewer. */
function boundOf(match: string, { from, to, after }: Span, { descending }: Page, most: number): SQL {
  const [first, last] = [!descending && after !== undefined ? from + 1 : from, descending && after !== undefined ? to - 1 : to];
  return sql`(select history.rowid >> ${ROWID_BITS} from history where history match ${match} and ${rowids(sql`${first}`, sql`${last}`)}
    order by history.rowid ${sql.raw(descending ? "desc" : "asc")} limit 1 offset ${most - 1})`;
}

/** Hits as far as the bound, and what the index does not have yet: a delegation is in exactly one of the two. */
function pageQuery(workspace: string, filters: DelegationFilters, page: Page, { from, to }: Span, bound: SQL): SQL {
  const byTime = page.sort === "created_at";
  const [first, last] = [
    byTime && page.descending ? sql`coalesce(${bound}, ${from})` : sql`${from}`,
    byTime && !page.descending ? sql`coalesce(${bound}, ${to})` : sql`${to}`,
  ];
  const beyond = page.after === undefined ? sql`true` : isAfter(page, page.after);
  const most = byTime ? -1 : MOST_READ;
  return sql`select ${delegations.task_id}, ${delegations.created_at} from ${delegations}
    where (${delegations.workspace}, ${delegations.task_id}) in (
      select ${workspace}, task_id from (${idsFound(workspace, filters, rowids(first, last), most)})
    ) and ${beyond}
    order by ${sql.join(orderOf(page), sql`, `)} limit ${page.limit}`;
}

/** The ids of all that words and properties find; `most` (-1: all) limits those from the index. */
function idsFound(workspace: string, filters: DelegationFilters, within: SQL, most: number): SQL {
  const { from, where } = indexed(workspace, filters, within);
  return sql`select * from (select ${delegations.task_id} from ${from} where ${where} limit ${most})
    union all ${notIndexed(workspace, filters)}`;
}

/** What words and properties find in the index, as a FROM clause and its condition: each is read once, by its key. */
function indexed(workspace: string, filters: DelegationFilters, within: SQL): { from: SQL; where: SQL } {
  const from = sql`history cross join ${delegations} on ${delegations.workspace} = ${workspace} and ${delegations.task_id} = history.task_id`;
  const where = sql`history match ${matchOf(workspace, filters)} and ${within} and ${delegations.completed_at} <= ${INDEXED_UNTIL}
    and ${and(isNull(delegations.deleted_at), ...filterConditions(filters))}`;
  return { from, where };
}

/** All times of creation, in the form of `spans` below. */
export function wholeSpan(filters: DelegationFilters): SQL {
  const { from, to } = endsOf(filters);
  return sql`select ${from} as first, ${to} as last`;
}

/**
 * All that words and properties find of `spans` (rows of `first` and `last`, milliseconds, both included, none overlapping), as two
 * FROM clauses and their conditions: a delegation is in exactly one of the two.
 */
export function allFound(workspace: string, filters: DelegationFilters, spans: SQL): { from: SQL; where: SQL }[] {
  const { from, where } = indexed(workspace, filters, IN_SPANS);
  const fresh = sql`(${delegations.workspace}, ${delegations.task_id}) in (select ${workspace}, task_id from (${notIndexed(workspace, filters)}))
    and ${delegations.created_at} between spans.first and spans.last`;
  return [
    { from: sql`(${spans}) as spans cross join ${from}`, where },
    { from: sql`${delegations} cross join (${spans}) as spans`, where: fresh },
  ];
}

/** A row when the index has more than `most` hits in the spans. */
export const moreThan = (most: number, workspace: string, filters: DelegationFilters, spans: SQL): SQL =>
  sql`select 1 from (${spans}) as spans cross join history where history match ${matchOf(workspace, filters)} and ${IN_SPANS} limit 1 offset ${most}`;

const IN_SPANS = rowids(sql.raw("spans.first"), sql.raw("spans.last"));
