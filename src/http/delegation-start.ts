import { agentsOf } from "../agents/agents-of.ts";
import { admit } from "../delegations/admission.ts";
import { answersFromCache } from "../delegations/answers-from-cache.ts";
import type { DelegationInput } from "../delegations/delegation.ts";
import { AppError } from "../errors.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import { sha256Hex } from "../lib/sha256.ts";
import { delegationObject } from "./http-env.ts";
import type { Call, Operation } from "./operation.ts";
import { derivedTaskId, idempotencyKey, idFactory } from "./task-id.ts";

const newTaskId = idFactory("task");

/** A body to start; `identity` is what makes two of them the same, `appliedAgent` the role whose defaults are in it already. */
type Start = { input: DelegationInput; taskId: string | undefined; route: string; identity: unknown; appliedAgent?: string };

/**
 * Admits a delegation and hands it to its object, the one call of the hot path: 202 created, 201 answered from the
 * cache, 200 known with the same body.
 * Throws AppError `conflict`, `idempotency_mismatch` or `gone`, and what `admit` throws.
 */
export async function startDelegation(call: Call<Operation & { scope: "delegate" }>, start: Start): Promise<Response> {
  const { context, config, principal } = call;
  const { workspace, key: createdBy } = principal;
  const header = idempotencyKey(context.req.header("idempotency-key"));
  const isDerived = start.taskId === undefined && header !== undefined;
  const derived = isDerived ? await derivedTaskId(workspace, start.route, header) : newTaskId();
  const taskId = start.taskId ?? derived;
  const [hash, agents] = await Promise.all([
    sha256Hex(canonicalJson(start.identity)),
    agentsOf(context.env.DB, workspace, (work) => context.executionCtx.waitUntil(work)),
  ]);
  const { appliedAgent } = start;
  const spec = admit(start.input, { workspace, createdBy, config, now: new Date(), taskId, hash, agents, appliedAgent });
  const answer = spec.input.cache && (await answersFromCache([spec], context.env, spec.created_at)).get(taskId);
  const outcome = await delegationObject(context.env, workspace, taskId).start(spec, answer);
  if (outcome.kind === "gone") throw new AppError("gone", `The delegation ${taskId} was deleted; its id is not used again.`);
  if (outcome.kind === "conflict" && isDerived)
    throw new AppError("idempotency_mismatch", "This Idempotency-Key came with another body before.");
  if (outcome.kind === "conflict")
    throw new AppError("conflict", `The task_id ${taskId} is taken by a delegation with another body.`, [
      { path: "task_id", message: "is taken" },
    ]);
  context.header("Location", `/v1/delegations/${taskId}`);
  if (outcome.kind === "same") return context.json(outcome.delegation, 200);
  return context.json(outcome.delegation, outcome.delegation.cached_from === null ? 202 : 201);
}
