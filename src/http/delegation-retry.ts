import { z } from "zod";
import { DEFAULT_AGENT } from "../delegations/admission/with-agent.ts";
import { DelegationInput, TaskId } from "../delegations/delegation.ts";
import { AppError } from "../errors.ts";
import type { Api } from "./api.ts";
import { absentDelegation, DelegationPath } from "./delegation-path.ts";
import { STARTS } from "./delegation-routes.ts";
import { startDelegation } from "./delegation-start.ts";
import { delegationObject } from "./http-env.ts";
import type { Operation } from "./operation.ts";
import { readWaiting } from "./waiting-task.ts";

const FINAL_STATUSES: readonly string[] = ["completed", "failed", "cancelled"];

const RetryInput = z
  .strictObject({
    task_id: TaskId.optional(),
    provider: DelegationInput.shape.provider.meta({ description: "Another provider; its default model unless one is named." }),
    model: DelegationInput.shape.model.meta({ description: "Another model; its provider unless one is named." }),
  })
  .meta({ id: "RetryInput", description: "What is to be different this time." });

const retry = {
  method: "post",
  path: "/v1/delegations/{task_id}/retry",
  id: "retryDelegation",
  tag: "Delegations",
  scope: "delegate",
  summary: "Run a final delegation again as a new one",
  description: "The new delegation names the old one as its parent.",
  pathSchema: DelegationPath,
  bodySchema: RetryInput,
  bodyOptional: true,
  bodyExample: { model: "gpt-4-turbo" },
  ...STARTS,
  errors: [...STARTS.errors, "not_found"],
} as const satisfies Operation;

export function addDelegationRetry(api: Api): void {
  api.add(retry, async (call) => {
    const { context, principal, path, body } = call;
    const outcome = await delegationObject(context.env, principal.workspace, path.task_id).specification();
    if (outcome.kind === "gone") throw absentDelegation(outcome, path.task_id);
    const { status } = outcome.kind === "found" ? outcome : await readWaiting(context, principal.workspace, path.task_id, 0);
    if (outcome.kind !== "found" || !FINAL_STATUSES.includes(status)) {
      throw new AppError("conflict", `The delegation ${path.task_id} is ${status}: only a final one can be retried.`);
    }
    if (outcome.spec.input.prompt.trim() === "") {
      throw new AppError(
        "conflict",
        `The delegation ${path.task_id} is on record without a prompt: there is nothing to run again.`,
      );
    }
    const { task_id, ...executor } = body;
    const input = retriedInput(outcome.spec.input, executor, path.task_id);
    return startDelegation(call, {
      input,
      taskId: task_id,
      route: `POST /v1/delegations/${path.task_id}/retry`,
      identity: { retry_of: path.task_id, ...executor },
      appliedAgent: outcome.spec.agent ?? DEFAULT_AGENT,
    });
  });
}

type Executor = Pick<DelegationInput, "provider" | "model">;

/**
 * The old body, to be run and not to be answered from the cache, and told to nobody in particular; who is named anew replaces
 * both provider and model, since either one may contradict the other.
 */
function retriedInput(old: DelegationInput, executor: Executor, parent: string): DelegationInput {
  const { task_id, provider, model, cache, webhook_url, ...rest } = old;
  const isSame = executor.provider === undefined && executor.model === undefined;
  return { ...rest, ...(isSame ? { provider, model } : executor), parent_task_id: parent };
}
