import type { StoredAgent } from "../db/agents.ts";
import { log } from "../lib/log.ts";
import { AgentSettings } from "./agent.ts";

const Lenient = AgentSettings.strip();

/** What was saved, without fields that this version does not know; undefined, and logged, when it cannot be read. */
export function readSettings({ workspace, name, settings }: StoredAgent): AgentSettings | undefined {
  const { success, data, error } = Lenient.safeParse(settings);
  if (success) return data;
  const fields = error.issues.map(({ path }) => path.join(".")).join(", ");
  log.error({ workspace, agent: name, fields }, "a saved agent cannot be read");
  return undefined;
}
