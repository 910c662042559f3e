import { agentsOf } from "../agents/agents-of.ts";
import { admit } from "../delegations/admission/admission.ts";
import { answersFromCache } from "../delegations/admission/answers-from-cache.ts";
import type { DelegationInput } from "../delegations/delegation.ts";
import type { StartOutcome } from "../delegations/delegation-rpc.ts";
import { askerOf } from "./asker.ts";
import { delegationObject, shutModels } from "./http-env.ts";
import { type Identity, identifiedTask, refusedTask } from "./identified-task.ts";
import { knownTask } from "./known-task.ts";
import type { Call, Operation } from "./operation.ts";
import { budgetsAtHand, reservedSpec } from "./reserved-spec.ts";

/** A body to start; `appliedAgent` is the role whose defaults are in it already. */
type Start = Identity & { input: DelegationInput; appliedAgent?: string };

/**
 * Admits a delegation and hands it to its object, the one call of the hot path: 202 created, 201 answered from the
 * cache, 200 known with the same body, even if it would be refused now.
 * Throws AppError `conflict`, `idempotency_mismatch` or `gone`, and what `admit` throws.
 */
export async function startDelegation(call: Call<Operation & { scope: "delegate" }>, start: Start): Promise<Response> {
  const { context, config, principal } = call;
  const { workspace } = principal;
  const [task, agents] = await Promise.all([
    identifiedTask(call, start),
    agentsOf(context.env.DB, workspace, (work) => context.executionCtx.waitUntil(work)),
    budgetsAtHand(context.env.LEDGERS, workspace),
  ]);
  const { taskId, hash } = task;
  const object = delegationObject(context.env, workspace, taskId);
  const isNew = start.taskId === undefined && !task.isDerived;
  const outcome = await admitted().catch((refusal: unknown) => {
    if (isNew) throw refusal;
    return knownTask(refusal, object, hash);
  });

  async function admitted(): Promise<StartOutcome> {
    const { appliedAgent } = start;
    const shut = shutModels(context);
    const now = new Date();
    const asked = { ...askerOf(principal), requestId: context.get("requestId"), config, now };
    const spec = admit(start.input, { ...asked, taskId, hash, agents, appliedAgent, shut });
    const answer = spec.input.cache && (await answersFromCache([spec], context.env, spec.created_at)).get(taskId);
    return object.start(answer === undefined ? await reservedSpec(spec, call) : spec, answer);
  }

  if (outcome.kind === "gone" || outcome.kind === "conflict") throw refusedTask(outcome, task);
  context.header("Location", `/v1/delegations/${taskId}`);
  if (outcome.kind === "same") return context.json(outcome.delegation, 200);
  return context.json(outcome.delegation, outcome.delegation.cached_from === null ? 202 : 201);
}
