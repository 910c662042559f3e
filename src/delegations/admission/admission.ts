import type { Config } from "../../config.ts";
import { type ApiErrorCode, AppError } from "../../errors.ts";
import { schemaProblem } from "../../lib/schema-problem.ts";
import { findModel } from "../../models/catalogue.ts";
import type { Deployment } from "../../models/model-choice.ts";
import { applyParameters } from "../../models/parameters.ts";
import { CAPABILITIES } from "../../providers/capabilities.ts";
import type { Repository } from "../../providers/provider.ts";
import { checkWebhookUrl } from "../../webhooks/webhook-url.ts";
import type { DelegationInput, Warning } from "../delegation.ts";
import type { Candidate, DelegationSpec } from "../delegation-rpc.ts";
import { isCacheable } from "./cache-key.ts";
import { resolveCandidates } from "./candidates.ts";
import { deploymentOf } from "./deployment.ts";
import { checkInputSizes, checkSpecSize } from "./input-sizes.ts";
import { type AgentDefaults, type Agents, blamingAgent, withAgent } from "./with-agent.ts";

/** Who asks, where and when; `hash` is the SHA-256 of the canonical JSON of the body as sent, without `task_id`. */
export type AdmissionContext = {
  workspace: string;
  createdBy: string;
  /** The id of the key that asks. */
  keyId?: string | undefined;
  /** The id of the request. */
  requestId?: string | undefined;
  /** The role of a body that names none; absent = `default`. */
  defaultAgent?: string | undefined;
  config: Config;
  now: Date;
  taskId: string;
  hash: string;
  /** The roles of the workspace. */
  agents: Agents;
  /** What speaks against models just now, for those that are left to us. */
  shut?: Deployment["shut"];
  /** The role whose defaults are in the body already: that of a task that is run again. */
  appliedAgent?: string | undefined;
};

/**
 * What a valid body means here and now: its role's defaults, who runs it, in which order, and what of it will not be sent as
 * asked. Pure. Throws AppError naming the field: `payload_too_large`, `invalid_request`, `provider_not_configured`, `unavailable`, or
 * `forbidden` for a repository outside the allow-list.
 */
export function admit(body: DelegationInput, context: AdmissionContext): DelegationSpec {
  const { appliedAgent, agents, config, defaultAgent } = context;
  if (appliedAgent !== undefined) return admitted(body, appliedAgent, context);
  const { agent, input } = withAgent({ ...body, agent: body.agent ?? defaultAgent }, agents, deploymentOf(config));
  try {
    return admitted(input, agent, context);
  } catch (refusal) {
    throw blamingAgent(refusal, agent, body, input);
  }
}

/** Throws what a delegation would be refused with that names a role of these defaults and says nothing itself. */
export function checkAgentDefaults(defaults: AgentDefaults, config: Config, now: Date): void {
  const { provider, model, fallbacks } = defaults;
  const { input } = withAgent({ prompt: "-", agent: "-" }, new Map([["-", defaults]]), deploymentOf(config));
  checkInputSizes(input);
  checkSchema(input);
  const namesNobody = provider === undefined && model === undefined && fallbacks === undefined;
  if (!namesNobody) checkOutput(input, resolveCandidates(input, deploymentOf(config), now).candidates);
}

function admitted(input: DelegationInput, agent: string, context: AdmissionContext): DelegationSpec {
  checkInputSizes(input);
  checkSchema(input);
  checkWebhookUrl(input.webhook_url, context.config);
  const deployment = { ...deploymentOf(context.config), shut: context.shut };
  const { candidates, warnings } = resolveCandidates(input, deployment, context.now);
  const repository = repositoryFor(input, candidates, context.config);
  checkOutput(input, candidates);
  const [first] = candidates;
  const applied = first === undefined ? [] : applyParameters(findModel(first.model), first.provider, input).warnings;
  const spec: DelegationSpec = {
    workspace: context.workspace,
    task_id: context.taskId,
    hash: context.hash,
    input,
    candidates,
    warnings: [...warnings, ...applied, ...policyWarnings(input), ...cacheWarnings(input, candidates)],
    created_by: context.createdBy,
    ...(context.keyId !== undefined && { key_id: context.keyId }),
    ...(context.requestId !== undefined && { request_id: context.requestId }),
    created_at: context.now.getTime(),
    parent_task_id: input.parent_task_id ?? null,
    repository,
    agent,
  };
  checkSpecSize(spec);
  return spec;
}

/** Vendors take schemas of objects only, so any other would fail at one candidate or the next; and we hold the answer against it. */
function checkSchema({ output_schema: schema }: DelegationInput): void {
  if (schema === undefined) return;
  if (schema.type !== "object")
    throw refuse("output_schema", 'must be a JSON Schema of an object: it needs "type": "object" at the top');
  if (ADMITTED_SCHEMAS.has(schema)) return;
  const problem = schemaProblem(schema);
  if (problem !== undefined) throw refuse("output_schema", problem);
  ADMITTED_SCHEMAS.add(schema);
}

/** The tasks of a batch share the schema of its defaults: a large one takes 10 ms. */
const ADMITTED_SCHEMAS = new WeakSet<object>();

function checkOutput(input: DelegationInput, candidates: readonly Candidate[]): void {
  for (const { provider } of candidates) {
    const { outputSchema, outputJson } = CAPABILITIES[provider];
    if (input.output_schema !== undefined && !outputSchema) throw refuse("output_schema", `cannot be had from ${provider}`);
    if (input.output_json === true && !outputJson) throw refuse("output_json", `cannot be had from ${provider}`);
  }
}

function repositoryFor(input: DelegationInput, candidates: readonly Candidate[], config: Config): Repository | null {
  const worksInOne = candidates.some(({ provider }) => CAPABILITIES[provider].repository);
  if (!worksInOne) {
    if (input.repository !== undefined) throw refuse("repository", "is for copilot only, which is not among the candidates");
    return null;
  }
  const [owner, name] = config.copilot?.defaultRepository?.split("/") ?? [];
  const fallback = owner && name ? { owner, name } : undefined;
  const repository = input.repository ?? fallback;
  if (repository === undefined)
    throw refuse("repository", "is needed for copilot: this deployment has no COPILOT_DEFAULT_REPOSITORY");
  const fullName = `${repository.owner}/${repository.name}`;
  if (config.copilot?.repositories.includes(fullName.toLowerCase())) return repository;
  throw refuse("repository", `${fullName} is not one of COPILOT_REPOSITORIES of this deployment`, "forbidden");
}

/** While no provider runs tools here these two change nothing, and the caller is told. */
function policyWarnings(input: DelegationInput): Warning[] {
  const given = (["sandbox", "full_auto"] as const).filter((name) => input[name] !== undefined);
  return given.map((name) => ({
    code: "parameter_ignored",
    message: `${name} has no effect: no provider runs tools on this service.`,
  }));
}

function cacheWarnings(input: DelegationInput, candidates: readonly Candidate[]): Warning[] {
  if (input.cache === undefined || isCacheable({ candidates: [...candidates] })) return [];
  return [{ code: "parameter_ignored", message: "cache has no effect: copilot's work is never answered from the cache." }];
}

function refuse(path: string, message: string, code: ApiErrorCode = "invalid_request"): AppError {
  return new AppError(code, `${path}: ${message}`, [{ path, message }]);
}
