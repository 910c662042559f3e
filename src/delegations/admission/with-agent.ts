import { AppError, type FieldProblem } from "../../errors.ts";
import { closeMatches } from "../../models/close-matches.ts";
import { type Deployment, selectsFor } from "../../models/model-choice.ts";
import type { DelegationInput } from "../delegation.ts";
import { withDefaults } from "./with-defaults.ts";

/** The role of a task that names none. */
export const DEFAULT_AGENT = "default";

/** What a role says of a task that does not say it itself. */
export type AgentDefaults = Omit<
  Partial<DelegationInput>,
  "prompt" | "task_id" | "agent" | "repository" | "properties" | "parent_task_id"
>;

/** The roles of a workspace by their names. */
export type Agents = ReadonlyMap<string, AgentDefaults>;

/**
 * The role that a body names, and the body with the role's defaults under it, as it will run. A role that leaves the choice of
 * a model to us has the deployment's default one where there is nothing to choose from. Throws AppError `invalid_request`
 * that names `agent` and the names close to it.
 */
export function withAgent(
  { agent = DEFAULT_AGENT, ...input }: DelegationInput,
  agents: Agents,
  deployment: Deployment,
): { agent: string; input: DelegationInput } {
  const defaults = agents.get(agent);
  if (defaults === undefined) throw unknownAgent(agent, agents);
  const { model, ...others } = defaults;
  const isIdle = model === "auto" && defaults.provider === undefined && !selectsFor(deployment);
  return { agent, input: withDefaults(input, isIdle ? others : defaults) };
}

/** The refusal, which says so when what is refused is in `input` and not in the body: the role asks for it. */
export function blamingAgent(refusal: unknown, agent: string, body: DelegationInput, input: DelegationInput): unknown {
  if (!(refusal instanceof AppError)) return refusal;
  const { code, message, fields } = refusal;
  const isOfAgent = ({ path }: FieldProblem) => {
    const [field = ""] = path.split(".");
    return Object.hasOwn(input, field) && !Object.hasOwn(body, field);
  };
  if (!fields.some(isOfAgent)) return refusal;
  const told = `The agent ${agent} asks for it.`;
  const blaming = fields.map((field) => (isOfAgent(field) ? { ...field, message: `${field.message} ${told}` } : field));
  return new AppError(code, `${message} ${told}`, blaming);
}

function unknownAgent(agent: string, agents: Agents): AppError {
  const close = closeMatches(agent, [...agents.keys()]);
  const hint = close.length === 0 ? "" : ` Did you mean ${close.join(" or ")}?`;
  const message = `There is no agent ${agent}.${hint} GET /v1/agents lists all.`;
  return new AppError("invalid_request", `agent: ${message}`, [{ path: "agent", message }]);
}
