import { agentsOf } from "../agents/agents-of.ts";
import { admitFlow } from "../flows/admit-flow.ts";
import type { FlowFindOutcome, FlowStartOutcome } from "../flows/flow-rpc.ts";
import type { FlowInput } from "../flows/patterns.ts";
import { askerOf } from "./asker.ts";
import { creationOf, refusedCreation } from "./creation.ts";
import { flowObject, shutModels } from "./http-env.ts";
import type { Call, Operation } from "./operation.ts";
import { idFactory } from "./task-id.ts";

const newFlowId = idFactory("flow");

type FlowCall = Omit<Call<Operation & { scope: "delegate" }>, "body"> & { body: FlowInput };

/**
 * Admits everybody who may be asked in a flow and hands it to its object: 202 accepted, 200 known with the same body. Throws
 * AppError `conflict`, `idempotency_mismatch`, `gone`, and what `admitFlow` throws.
 */
export async function startFlow(call: FlowCall): Promise<Response> {
  const { context, config, principal, body } = call;
  const { workspace, key: createdBy } = principal;
  const creation = await creationOf(call, body.flow_id, { noun: "flow", newId: newFlowId });
  const { id: flowId, hash } = creation;
  const object = flowObject(context.env, workspace, flowId);
  const known: FlowFindOutcome = creation.isNew ? { kind: "unknown" } : await object.find(hash);
  const outcome = known.kind === "unknown" ? await start() : known;

  async function start(): Promise<FlowStartOutcome> {
    const now = new Date();
    const agents = await agentsOf(context.env.DB, workspace);
    const requestId = context.get("requestId");
    const asked = { ...askerOf(principal), requestId, config, now, hash, agents, flowId, shut: shutModels(context) };
    const roles = admitFlow(body, asked);
    const common = { workspace, flow_id: flowId, hash, created_by: createdBy, created_at: now.getTime() };
    return object.start({ ...common, input: body, roles });
  }

  if (outcome.kind === "conflict" || outcome.kind === "gone") throw refusedCreation(outcome, "flow", creation);
  context.header("Location", `/v1/flows/${flowId}`);
  return context.json(outcome.flow, outcome.kind === "accepted" ? 202 : 200);
}
