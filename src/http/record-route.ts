import { RecordInput } from "../delegations/admission/record-input.ts";
import { recordedTask } from "../delegations/admission/recorded-task.ts";
import { Delegation } from "../delegations/delegation.ts";
import type { Api } from "./api.ts";
import { DELEGATION_EXAMPLE } from "./delegation-example.ts";
import { STARTS } from "./delegation-routes.ts";
import { delegationObject } from "./http-env.ts";
import { identifiedTask, refusedTask } from "./identified-task.ts";
import type { Operation } from "./operation.ts";

const EXAMPLE: Delegation = { ...DELEGATION_EXAMPLE, source: "recorded", attempts: [], properties: { sprint: 12 } };
const answer = (description: string) => ({
  description,
  schema: Delegation,
  example: EXAMPLE,
  headers: { Location: "The delegation's address." },
});

const record = {
  method: "post",
  path: "/v1/records",
  id: "createRecord",
  tag: "Delegations",
  scope: "delegate",
  summary: "Put work on record that was done elsewhere",
  description:
    'It is a delegation from then on (read, listed, scored, deleted, counted in the costs) with `source: "recorded"`, no attempts and no budget. A cost that is not given is not known. What ended longer ago than `RETENTION_DAYS` keeps its texts for minutes only, with the warning `past_retention`.',
  bodySchema: RecordInput,
  bodyExample: {
    prompt: "Implement JWT authentication middleware",
    output: "export const requireJwt = …",
    model: "claude-opus",
    tokens_used: 2_050,
    cost: 0.02725,
    sprint: 12,
  },
  headers: STARTS.headers,
  successes: { 201: answer("It is on record."), 200: answer("Known already: the same id with the same body.") },
  errors: ["conflict", "gone", "idempotency_mismatch"],
} as const satisfies Operation;

export function addRecordRoute(api: Api): void {
  api.add(record, async (call) => {
    const { context, principal, body, config } = call;
    const { workspace, key: createdBy } = principal;
    const { task_id, ...identity } = call.sent as { task_id?: unknown };
    const task = await identifiedTask(call, { taskId: body.task_id, route: "POST /v1/records", identity: { record: identity } });
    const { taskId, hash } = task;
    const { retentionDays } = config;
    const { spec, output } = recordedTask(body, { workspace, createdBy, now: new Date(), taskId, hash, retentionDays });
    const outcome = await delegationObject(context.env, workspace, taskId).record(spec, output);
    if (outcome.kind === "gone" || outcome.kind === "conflict") throw refusedTask(outcome, task);
    context.header("Location", `/v1/delegations/${taskId}`);
    return context.json(outcome.delegation, outcome.kind === "created" ? 201 : 200);
  });
}
