import { z } from "zod";
import { Delegation, DelegationInput } from "../delegations/delegation.ts";
import { AppError } from "../errors.ts";
import { actorOf } from "./actor.ts";
import type { Api } from "./api.ts";
import { DELEGATION_EXAMPLE } from "./delegation-example.ts";
import { absentDelegation, DelegationPath } from "./delegation-path.ts";
import { startDelegation } from "./delegation-start.ts";
import { delegationObject } from "./http-env.ts";
import type { Call, Operation } from "./operation.ts";
import { integerParameter } from "./query-parameters.ts";
import { batchOf, readWaiting } from "./waiting-task.ts";

const TAG = "Delegations";
const MAX_WAIT_SECONDS = 55;

const answer = (description: string) => ({ description, schema: Delegation, example: DELEGATION_EXAMPLE });

/** The headers and refusals of everything that starts a delegation. */
export const STARTS = {
  headers: {
    "Idempotency-Key":
      "1–255 printable ASCII characters. The id is derived from it: sent again with the same body it answers the same delegation, with another one 422 `idempotency_mismatch`. In a body with a `task_id` that rules and this header changes nothing: the same body again answers the same delegation, another one 409 `conflict`.",
  },
  successes: {
    202: { ...answer("Accepted: it runs."), headers: { Location: "The delegation's address." } },
    200: { ...answer("Known already: the same id with the same body."), headers: { Location: "The delegation's address." } },
  },
  errors: ["provider_not_configured", "budget_exceeded", "conflict", "gone", "idempotency_mismatch"],
} as const;

const create = {
  method: "post",
  path: "/v1/delegations",
  id: "createDelegation",
  tag: TAG,
  scope: "delegate",
  summary: "Delegate a prompt",
  bodySchema: DelegationInput,
  bodyExample: { prompt: "Write a haiku about durable objects", model: "claude-opus", fallbacks: [{ model: "gpt-4-turbo" }] },
  ...STARTS,
  successes: {
    ...STARTS.successes,
    201: {
      ...answer("Answered from the cache, as `cache` asked: it is completed and cost nothing."),
      headers: { Location: "The delegation's address." },
    },
  },
} as const satisfies Operation;

const read = {
  method: "get",
  path: "/v1/delegations/{task_id}",
  id: "getDelegation",
  tag: TAG,
  scope: "read",
  summary: "Read a delegation, now or when it is final",
  pathSchema: DelegationPath,
  querySchema: z.strictObject({
    wait: integerParameter(
      0,
      MAX_WAIT_SECONDS,
      "Hold the answer until the delegation is final, for at most so many seconds.",
    ).optional(),
  }),
  successes: { 200: answer("The delegation.") },
  errors: ["not_found", "gone"],
} as const satisfies Operation;

const cancel = {
  method: "post",
  path: "/v1/delegations/{task_id}/cancel",
  id: "cancelDelegation",
  tag: TAG,
  scope: "delegate",
  summary: "Stop a delegation",
  description: "Closes the connection to the vendor. Cancelling what is cancelled is no error.",
  pathSchema: DelegationPath,
  successes: { 200: answer("It is cancelled.") },
  errors: ["not_found", "gone", "conflict"],
} as const satisfies Operation;

const erase = {
  method: "delete",
  path: "/v1/delegations/{task_id}",
  id: "deleteDelegation",
  tag: TAG,
  scope: "admin",
  summary: "Delete the texts and events of a delegation for good",
  description: "Cancels it first when it runs. Its costs stay in the books; its id answers 410 from then on.",
  pathSchema: DelegationPath,
  successes: { 204: { description: "It is deleted, now or before." } },
  errors: ["not_found"],
} as const satisfies Operation;

const DECISION = {
  method: "post",
  tag: TAG,
  scope: "approve",
  description: "The same decision again is no error.",
  pathSchema: DelegationPath,
  successes: { 200: answer("The decision stands.") },
  errors: ["not_found", "gone", "conflict"],
} as const;

const approve = {
  ...DECISION,
  path: "/v1/delegations/{task_id}/approve",
  id: "approveDelegation",
  summary: "Let a delegation that waits for approval run",
} as const satisfies Operation;

const reject = {
  ...DECISION,
  path: "/v1/delegations/{task_id}/reject",
  id: "rejectDelegation",
  summary: "Refuse a delegation that waits for approval",
} as const satisfies Operation;

/** Everything about one delegation except its retry and its events. */
export function addDelegationRoutes(api: Api): void {
  api.add(create, (call) => {
    const { task_id, ...identity } = call.sent as { task_id?: unknown };
    return startDelegation(call, { input: call.body, taskId: call.body.task_id, route: "POST /v1/delegations", identity });
  });
  api.add(read, async ({ context, principal, path: { task_id }, query }) => {
    const waitMs = (query.wait ?? 0) * 1_000;
    const object = delegationObject(context.env, principal.workspace, task_id);
    const outcome = await object.read(waitMs);
    if (outcome.kind === "found") return context.json(outcome.delegation);
    if (outcome.kind === "gone") throw absentDelegation(outcome, task_id);
    return context.json(await readWaiting(context, principal.workspace, task_id, waitMs));
  });
  api.add(cancel, async ({ context, principal, path: { task_id } }) => {
    const object = delegationObject(context.env, principal.workspace, task_id);
    let outcome = await object.cancel(principal.key);
    if (outcome.kind === "unknown") {
      await (await batchOf(context, principal.workspace, task_id))?.cancelTask(task_id, principal.key);
      outcome = await object.cancel(principal.key);
    }
    if (outcome.kind === "unknown" || outcome.kind === "gone") throw absentDelegation(outcome, task_id);
    if (outcome.kind === "final")
      throw new AppError("conflict", `The delegation ${task_id} is already ${outcome.delegation.status}.`);
    return context.json(outcome.delegation);
  });
  api.add(erase, async ({ context, principal, path: { task_id } }) => {
    const object = delegationObject(context.env, principal.workspace, task_id);
    const actor = actorOf(context, principal);
    let outcome = await object.erase(principal.key, actor);
    if (outcome.kind === "unknown") {
      await (await batchOf(context, principal.workspace, task_id))?.cancelTask(task_id, principal.key);
      outcome = await object.erase(principal.key, actor);
    }
    if (outcome.kind === "unknown") throw absentDelegation(outcome, task_id);
    return context.body(null, 204);
  });
  api.add(approve, (call) => decide(call, "approve"));
  api.add(reject, (call) => decide(call, "reject"));
}

type DecisionCall = Call<typeof approve | typeof reject>;

async function decide({ context, principal, path: { task_id } }: DecisionCall, verb: "approve" | "reject"): Promise<Response> {
  const actor = actorOf(context, principal);
  const known = await delegationObject(context.env, principal.workspace, task_id).decide(verb, principal.key, actor);
  const batch = known.kind === "unknown" ? await batchOf(context, principal.workspace, task_id) : undefined;
  const outcome = batch === undefined ? known : await batch.decideTask(task_id, verb, principal.key, actor);
  if (outcome.kind === "unknown" || outcome.kind === "gone") throw absentDelegation(outcome, task_id);
  if (outcome.kind === "decided") return context.json(outcome.delegation);
  const { status } = outcome.delegation;
  throw new AppError("conflict", `The delegation ${task_id} does not wait for this decision: it is ${status}.`);
}
