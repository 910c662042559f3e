import { and, type Column, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Database } from "./client.ts";
import { newestFirst } from "./newest-first.ts";
import type { Position } from "./position.ts";
import { DELIVERY_COLUMNS, type DeliveryRow, type DeliveryStatus } from "./webhook-deliveries.ts";
import { webhook_deliveries as deliveries, webhook_endpoints as endpoints } from "./webhook-schema.ts";

/** What a list of deliveries is narrowed to; `eventIds`: those that tell of one of these events. */
export type DeliveryFilters = { status?: readonly DeliveryStatus[] | undefined; eventIds?: readonly string[] | undefined };

type Page = { limit: number; after: Position | undefined };
type Deliveries = { workspace: Column; created_at: Column; status: Column; delivery_id: Column };

/** One page of what was sent to an endpoint, newest first. */
export function listDeliveries(
  db: Database,
  { workspace, endpoint_id }: { workspace: string; endpoint_id: string },
  { status }: Pick<DeliveryFilters, "status">,
  { limit, after }: Page,
): Promise<DeliveryRow[]> {
  const { where, orderBy } = newestFirst(columnsOf(deliveries), workspace, { status }, after);
  return db
    .select(DELIVERY_COLUMNS)
    .from(deliveries)
    .where(and(where, sql`${deliveries.endpoint_id} is ${endpoint_id}`))
    .orderBy(...orderBy)
    .limit(limit);
}

/** One page of what was sent to anybody, newest first: endpoints, and addresses that bodies named. */
export function listAllDeliveries(
  db: Database,
  workspace: string,
  { status, eventIds }: DeliveryFilters,
  page: Page,
): Promise<DeliveryRow[]> {
  const { where, orderBy } = newestFirst(columnsOf(deliveries), workspace, { status }, page.after);
  const ids = eventIds === undefined ? newestOfEach(db, workspace, status, page) : idsOfEvents(workspace, eventIds);
  return db
    .select(DELIVERY_COLUMNS)
    .from(deliveries)
    .where(and(where, sql`${deliveries.delivery_id} in (${ids})`))
    .orderBy(...orderBy)
    .limit(page.limit);
}

/** There is no index by time alone: the newest of each endpoint are read from its part of the index, and the page is among them. */
function newestOfEach(db: Database, workspace: string, status: DeliveryFilters["status"], { limit, after }: Page): SQL {
  const one = alias(deliveries, "one");
  const { where, orderBy } = newestFirst(columnsOf(one), workspace, { status }, after);
  const newest = db
    .select({ id: one.delivery_id })
    .from(one)
    .where(and(where, sql`${one.endpoint_id} is target.id`))
    .orderBy(...orderBy)
    .limit(limit);
  return sql`select own.delivery_id from (
      select ${endpoints.endpoint_id} as id from ${endpoints} where ${endpoints.workspace} = ${workspace} union all select null
    ) as target cross join ${deliveries} as own on own.workspace = ${workspace} and own.delivery_id in ${newest}`;
}

/** A delivery's id begins with that of its event. */
function idsOfEvents(workspace: string, eventIds: readonly string[]): SQL {
  return sql`select own.delivery_id from json_each(${JSON.stringify(eventIds)}) as event cross join ${deliveries} as own
    on own.workspace = ${workspace} and own.delivery_id >= 'dlv_' || event.value || '_' and own.delivery_id < 'dlv_' || event.value || '\`'`;
}

const columnsOf = ({ workspace, created_at, status, delivery_id }: Deliveries) => ({
  workspace,
  created_at,
  status,
  id: delivery_id,
});
