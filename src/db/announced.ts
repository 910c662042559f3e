import type { Database } from "./client.ts";

/** What makes an event known: `announced` writes it together with the row that it tells of. */
export type Announcement = {
  workspace: string;
  type: string;
  /** Derived from the workspace, the type and what the event is about: the same event again has the same. */
  id: string;
  /** The body that receivers get, as it is signed. */
  payload: string;
  /** Told besides the endpoints; null = nobody. */
  url: string | null;
  /** The row that says that it was told before: that of `id` in this table, in this status. Null: only the deliveries themselves say so. */
  unless: { table: keyof typeof ID_COLUMNS; id: string; status: string } | null;
};

type Statement = ReturnType<Database["$client"]["prepare"]>;

const ID_COLUMNS = { delegations: "task_id", batches: "batch_id", flows: "flow_id" } as const;

/** A delivery's own id is the event's with the target's: what comes again makes no second one. */
const ANNOUNCE = `insert into webhook_deliveries (workspace, delivery_id, message_id, endpoint_id, url, type, payload, status, created_at,
    next_attempt_at, claimed_until, delivered_at, attempts, log)
  select ?1, 'dlv_' || ?2 || '_' || target.name, 'msg_' || ?2 || '_' || target.name, target.endpoint_id, target.url, ?3, ?4, 'pending', ?5,
    ?5, null, null, 0, '[]'
  from (select endpoint_id, endpoint_id as name, url from webhook_endpoints where workspace = ?1 and disabled_at is null
      and exists (select 1 from json_each(webhook_endpoints.events) where value in (?3, '*'))
    union all select null, 'url', ?6 where ?6 is not null) as target`;

/**
 * Carries out `statements`, which bring a row to the state that the announcement tells of, and in the same transaction, before them, makes a
 * delivery for everybody who is to be told. Idempotent: what was told is not told again, also not to endpoints that came later. Returns the ids of the new
 * deliveries. `now` in milliseconds.
 */
export async function announced(
  { $client }: Database,
  { workspace, type, id, payload, url, unless }: Announcement,
  statements: readonly Statement[],
  now: number = Date.now(),
): Promise<string[]> {
  const isTold = unless === null ? "" : tellsAlready(unless.table);
  const values = [workspace, id, type, payload, now, url, ...(unless === null ? [] : [unless.id, unless.status])];
  const announce = $client
    .prepare(`${ANNOUNCE} where true${isTold} on conflict do nothing returning delivery_id`)
    .bind(...values);
  const [made] = await $client.batch<{ delivery_id: string }>([announce, ...statements]);
  return made?.results.map(({ delivery_id }) => delivery_id) ?? [];
}

const tellsAlready = (table: keyof typeof ID_COLUMNS): string =>
  ` and not exists (select 1 from ${table} where workspace = ?1 and ${ID_COLUMNS[table]} = ?7 and status = ?8)`;
