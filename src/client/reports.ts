import type { CostReport } from "../http/costs-route.ts";
import type { ProviderState } from "../http/providers-route.ts";
import { type Camel, camel, snake } from "./camel-case.ts";
import type { CallOptions, DelegationFilter } from "./delegations.ts";
import type { Transport } from "./transport.ts";

/** What sums are grouped by, and which delegations count. */
export type CostQuery = Pick<
  DelegationFilter,
  "status" | "provider" | "model" | "taskType" | "agent" | "createdAfter" | "createdBefore"
> & { groupBy?: readonly ("model" | "provider" | "agent" | "task_type" | "day")[] };

/** What was spent, in US dollars, dearest group first. Throws DeputeError. */
export async function costs(
  transport: Transport,
  query: CostQuery = {},
  { signal }: CallOptions = {},
): Promise<Camel<CostReport>> {
  const asked = snake(query) as { [name: string]: string };
  return camel(await transport.json<CostReport>({ method: "GET", path: "/v1/costs", query: asked, signal }));
}

/** Which providers are configured and how they do; `probe` asks each vendor now (scope admin). Throws DeputeError. */
export async function providers(
  transport: Transport,
  { probe, signal }: CallOptions & { probe?: boolean } = {},
): Promise<Camel<ProviderState>[]> {
  const call = { method: "GET", path: "/v1/providers", query: { probe }, signal } as const;
  return camel(await transport.json<{ data: ProviderState[] }>(call)).data;
}
