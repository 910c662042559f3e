import { z } from "zod";
import { AgentName, AgentSettings } from "../agents/agent.ts";
import { Agent, agentView, agentViews } from "../agents/agent-view.ts";
import { forgetAgents } from "../agents/agents-of.ts";
import { BUILT_IN_AGENTS } from "../agents/built-in-agents.ts";
import { deleteAgent, findAgent, saveAgent, savedAgents } from "../db/agents.ts";
import { createDatabase } from "../db/client.ts";
import { checkAgentDefaults } from "../delegations/admission/admission.ts";
import { AppError } from "../errors.ts";
import { actorOf } from "./actor.ts";
import type { Api } from "./api.ts";
import type { Call, Operation } from "./operation.ts";

const TAG = "Agents";
const MOST_AGENTS = 200;

const AgentPath = z.strictObject({ name: AgentName });

const EXAMPLE: Agent = {
  name: "translator",
  built_in: false,
  changed: false,
  settings: { system: "Translate into French. Answer with the translation only.", model: "claude-sonnet", temperature: 0 },
  created_at: "2026-11-22T10:30:45.123Z",
  updated_at: "2026-11-22T10:30:45.123Z",
  updated_by: "owner",
};
const answer = (description: string) => ({ description, schema: Agent, example: EXAMPLE });

const list = {
  method: "get",
  path: "/v1/agents",
  id: "listAgents",
  tag: TAG,
  scope: "read",
  summary: "List the agents: saved roles for delegations",
  description: `The built-in ones (${[...BUILT_IN_AGENTS.keys()].join(", ")}) first, then the workspace's own by name. At most ${MOST_AGENTS} can be saved, so there are no pages.`,
  successes: { 200: { description: "All of them.", schema: z.object({ data: z.array(Agent) }).meta({ id: "AgentList" }) } },
  errors: [],
} as const satisfies Operation;

const read = {
  method: "get",
  path: "/v1/agents/{name}",
  id: "getAgent",
  tag: TAG,
  scope: "read",
  summary: "Read an agent",
  pathSchema: AgentPath,
  successes: { 200: answer("The agent.") },
  errors: ["not_found"],
} as const satisfies Operation;

const save = {
  method: "put",
  path: "/v1/agents/{name}",
  id: "putAgent",
  tag: TAG,
  scope: "admin",
  summary: "Save an agent, or replace it",
  description:
    "Whoever it names must be within reach of this deployment, as for a delegation. Delegations see it everywhere within five seconds; those that were accepted before keep the settings they began with.",
  pathSchema: AgentPath,
  bodySchema: AgentSettings,
  bodyExample: EXAMPLE.settings,
  successes: { 200: answer("It is saved.") },
  errors: ["provider_not_configured", "conflict"],
} as const satisfies Operation;

const remove = {
  method: "delete",
  path: "/v1/agents/{name}",
  id: "deleteAgent",
  tag: TAG,
  scope: "admin",
  summary: "Delete an agent, or restore a built-in one",
  description:
    "A built-in agent that was changed is again as it came; one that was not cannot be deleted. What ran with an agent stays as it is.",
  pathSchema: AgentPath,
  successes: { 204: { description: "It is deleted, or restored." } },
  errors: ["not_found", "conflict"],
} as const satisfies Operation;

export function addAgentRoutes(api: Api): void {
  api.add(list, async ({ context, principal }) => {
    const rows = await savedAgents(createDatabase(context.env.DB), principal.workspace);
    return context.json({ data: agentViews(rows) });
  });
  api.add(read, async ({ context, principal, path: { name } }) => {
    const agent = agentView(name, await findAgent(createDatabase(context.env.DB), principal.workspace, name));
    if (agent === undefined) throw absentAgent(name);
    return context.json(agent);
  });
  api.add(save, saved);
  api.add(remove, async ({ context, principal, path: { name } }) => {
    const { workspace } = principal;
    const isDeleted = await deleteAgent(createDatabase(context.env.DB), workspace, name, actorOf(context, principal));
    forgetAgents(context.env.DB, workspace);
    if (isDeleted) return context.body(null, 204);
    if (!BUILT_IN_AGENTS.has(name)) throw absentAgent(name);
    throw new AppError("conflict", `The agent ${name} is built in and as it came: there is nothing to delete or restore.`);
  });
}

async function saved({ context, config, principal, path: { name }, body }: Call<typeof save>): Promise<Response> {
  const { workspace, key: updated_by } = principal;
  const now = new Date();
  const { description, ...defaults } = body;
  checkAgentDefaults(defaults, config, now);
  const at = now.getTime();
  const row = { workspace, name, settings: body, created_at: at, updated_at: at, updated_by };
  const stored = await saveAgent(createDatabase(context.env.DB), row, MOST_AGENTS, actorOf(context, principal));
  forgetAgents(context.env.DB, workspace);
  if (stored === undefined)
    throw new AppError("conflict", `This workspace has ${MOST_AGENTS} saved agents, and no more are kept: delete one first.`);
  return context.json(agentView(name, stored));
}

const absentAgent = (name: string): AppError =>
  new AppError("not_found", `There is no agent ${name} in this workspace. GET /v1/agents lists all.`);
