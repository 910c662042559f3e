import type { DelegationFilter } from "../../client/delegations.ts";
import type { Query } from "../components/query-link.ts";

const WORDS = {
  q: "q",
  status: "status",
  agent: "agent",
  provider: "provider",
  model: "model",
  task_type: "taskType",
  source: "source",
  created_after: "createdAfter",
  created_before: "createdBefore",
  batch_id: "batchId",
  flow_id: "flowId",
  parent_task_id: "parentTaskId",
  sort: "sort",
} as const satisfies { [name: string]: keyof DelegationFilter };

/** The filters of an address in the API's own names; those that are empty are none. */
export function filterQuery(params: URLSearchParams): Query {
  const given = Object.keys(WORDS).flatMap((name) => {
    const value = params.get(name)?.trim();
    return value === undefined || value === "" ? [] : [[name, value]];
  });
  return Object.fromEntries(given);
}

/** The same for the client. What is wrong with a filter is the API's to say. */
export function filterOf(query: Query): DelegationFilter {
  const named = Object.entries(query).map(([name, value]) => [WORDS[name as keyof typeof WORDS], timeOf(name, value)]);
  return Object.fromEntries(named) as DelegationFilter;
}

/** A day stands for its beginning in UTC. */
const timeOf = (name: string, value: string | undefined): string | undefined =>
  name.startsWith("created_") && value !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00:00.000Z` : value;
