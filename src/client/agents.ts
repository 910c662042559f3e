import type { AgentSettings } from "../agents/agent.ts";
import type { Agent } from "../agents/agent-view.ts";
import { ask, type CallOptions, find, listed, pathOf } from "./ask.ts";
import { type Camel, type Input, snake } from "./camel-case.ts";
import type { Transport } from "./transport.ts";

/** A saved role; `settings` are the defaults of the delegations that name it. */
export type AgentRecord = Camel<Agent>;

/** The saved roles of the workspace. `put` and `delete` need the scope admin. */
export const agents = (transport: Transport) => ({
  /** The built-in ones first, then the workspace's own by name. */
  list: (options: CallOptions = {}): Promise<AgentRecord[]> => listed<Agent>(transport, "/v1/agents", options),
  /** One role; null when there is none of this name. */
  get: (name: string, options: CallOptions = {}): Promise<AgentRecord | null> =>
    find<Agent>(transport, pathOf("agents", name), options),
  /** Saves a role, or replaces it. */
  put: (name: string, settings: Input<AgentSettings>, options: CallOptions = {}): Promise<AgentRecord> =>
    ask<Agent>(transport, { method: "PUT", path: pathOf("agents", name), body: snake(settings), ...options }),
  /** Deletes a role, or restores a built-in one that was changed. */
  delete: (name: string, options: CallOptions = {}): Promise<void> =>
    transport.json({ method: "DELETE", path: pathOf("agents", name), ...options }),
});
