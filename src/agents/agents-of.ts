import { savedAgents } from "../db/agents.ts";
import { createDatabase, type DatabaseBinding } from "../db/client.ts";
import type { AgentDefaults, Agents } from "../delegations/admission/with-agent.ts";
import { AgentCache, type Later } from "./agent-cache.ts";
import { BUILT_IN_AGENTS } from "./built-in-agents.ts";
import { readSettings } from "./read-settings.ts";

const caches = new WeakMap<DatabaseBinding, AgentCache<Agents>>();

/**
 * The roles of a workspace, built-in ones included, as they were at most five seconds ago. Only who comes first, or after five
 * seconds without anybody, waits for the database; with `later` (`waitUntil`) steady callers never do.
 */
export const agentsOf = (binding: DatabaseBinding, workspace: string, later?: Later): Promise<Agents> =>
  cacheOf(binding).get(workspace, later);

/** Makes this isolate see a change of a workspace's roles at once. */
export const forgetAgents = (binding: DatabaseBinding, workspace: string): void => cacheOf(binding).forget(workspace);

function cacheOf(binding: DatabaseBinding): AgentCache<Agents> {
  const known = caches.get(binding) ?? new AgentCache((workspace) => loadAgents(binding, workspace));
  caches.set(binding, known);
  return known;
}

async function loadAgents(binding: DatabaseBinding, workspace: string): Promise<Agents> {
  const rows = await savedAgents(createDatabase(binding), workspace);
  const saved = rows.flatMap((row) => {
    const settings = readSettings(row);
    return settings === undefined ? [] : [[row.name, settings] as const];
  });
  const all = [...BUILT_IN_AGENTS, ...saved];
  return new Map(all.map(([name, { description, ...defaults }]): [string, AgentDefaults] => [name, defaults]));
}
