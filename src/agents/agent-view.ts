import { z } from "zod";
import type { StoredAgent } from "../db/agents.ts";
import { AgentName, AgentSettings } from "./agent.ts";
import { BUILT_IN_AGENTS } from "./built-in-agents.ts";
import { readSettings } from "./read-settings.ts";

const Time = z.iso.datetime().nullable();

/** A role as the API shows it. */
export const Agent = z
  .object({
    name: AgentName,
    built_in: z.boolean().meta({ description: "It comes with every workspace." }),
    changed: z.boolean().meta({ description: "It is built in, and this workspace saved it otherwise; deleting it restores it." }),
    settings: AgentSettings.meta({ description: "What `PUT` takes." }),
    created_at: Time.meta({ description: "Of what was saved; null of a built-in one as it came." }),
    updated_at: Time,
    updated_by: z.string().nullable().meta({ description: "The name of the key." }),
  })
  .meta({ id: "Agent" });
export type Agent = z.infer<typeof Agent>;

/** The role `name` with what was saved of it; undefined when there is none. */
export function agentView(name: string, row: StoredAgent | undefined): Agent | undefined {
  const builtIn = BUILT_IN_AGENTS.get(name);
  const saved = row && readSettings(row);
  const settings = saved ?? builtIn;
  if (settings === undefined) return undefined;
  const from = saved === undefined ? undefined : row;
  return {
    name,
    built_in: builtIn !== undefined,
    changed: builtIn !== undefined && saved !== undefined,
    settings,
    created_at: isoTime(from?.created_at),
    updated_at: isoTime(from?.updated_at),
    updated_by: from?.updated_by ?? null,
  };
}

/** All roles of a workspace: the built-in ones in their order, then the others as `rows` have them. */
export function agentViews(rows: readonly StoredAgent[]): Agent[] {
  const saved = new Map(rows.map((row) => [row.name, row]));
  const names = new Set([...BUILT_IN_AGENTS.keys(), ...saved.keys()]);
  return [...names].flatMap((name) => agentView(name, saved.get(name)) ?? []);
}

const isoTime = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());
