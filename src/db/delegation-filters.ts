import { eq, gte, inArray, lt, or, type SQL, sql } from "drizzle-orm";
import { delegations, OPEN_STATUSES, OPEN_STATUSES_SQL } from "./schema.ts";

/** What lists and costs can be narrowed to. Times in milliseconds, `created_after` included, `created_before` not. */
export type DelegationFilters = {
  status?: readonly string[] | undefined;
  agent?: string | undefined;
  provider?: string | undefined;
  /** The vendor's id, or the name it was asked for by. */
  model?: string | undefined;
  task_type?: string | undefined;
  batch_id?: string | undefined;
  flow_id?: string | undefined;
  parent_task_id?: string | undefined;
  source?: string | undefined;
  created_after?: number | undefined;
  created_before?: number | undefined;
  min_cost_nanos?: number | undefined;
  /** Properties by name, compared with their text: `true` fits the boolean and the string, `7` the number and the string. */
  properties?: { readonly [name: string]: string } | undefined;
  /** All of these words, in the previews of prompt and output. */
  words?: readonly string[] | undefined;
};

/** The conditions of `filters` on the delegations table, but for their words. */
export function filterConditions(filters: DelegationFilters): SQL[] {
  const { status, model, created_after, created_before, min_cost_nanos, properties } = filters;
  const equal = (["agent", "provider", "task_type", "batch_id", "flow_id", "parent_task_id", "source"] as const).map((name) => {
    const value = filters[name];
    return value === undefined ? undefined : eq(delegations[name], value);
  });
  const conditions = [
    status && inArray(delegations.status, [...status]),
    status?.every((each) => OPEN_STATUSES.includes(each)) ? sql.raw(OPEN_STATUSES_SQL) : undefined,
    model === undefined ? undefined : or(eq(delegations.model, model), eq(delegations.requested_model, model)),
    created_after === undefined ? undefined : gte(delegations.created_at, created_after),
    created_before === undefined ? undefined : lt(delegations.created_at, created_before),
    min_cost_nanos === undefined ? undefined : gte(delegations.cost_nanos, min_cost_nanos),
    ...equal,
    properties && hasProperties(properties),
  ];
  return conditions.filter((condition) => condition !== undefined);
}

/** The index of delegations with the fewest rows to look through. */
export function indexFor({ batch_id, flow_id, parent_task_id, status }: DelegationFilters): string {
  if (batch_id !== undefined) return "delegations_of_batch";
  if (flow_id !== undefined) return "delegations_of_flow";
  if (parent_task_id !== undefined) return "delegations_of_parent";
  const isOpen = status?.every((each) => OPEN_STATUSES.includes(each)) === true;
  return isOpen ? "delegations_open" : "delegations_by_time";
}

/** The text of a property's value, as a number; null when it is none. */
export const numberIn = (text: string): number | null =>
  text.trim() === "" || !Number.isFinite(Number(text)) ? null : Number(text);

/** The names are bound values, one for all of them, and never part of a JSON path. */
function hasProperties(properties: { readonly [name: string]: string }): SQL {
  const wanted = JSON.stringify(Object.entries(properties).map(([name, text]) => [name, text, numberIn(text)]));
  const readable = sql`case when json_valid(${delegations.properties}) then ${delegations.properties} end`;
  const field = (index: number) => sql.raw(`json_extract(wanted.value, '$[${index}]')`);
  return sql`not exists (select 1 from json_each(${wanted}) as wanted where not exists (
    select 1 from json_each(${readable}) as property where property.key = ${field(0)} and (
      (property.type = 'text' and property.value = ${field(1)}) or (property.type in ('true', 'false') and property.type = ${field(1)})
      or (property.type in ('integer', 'real') and property.value = ${field(2)}))))`;
}
