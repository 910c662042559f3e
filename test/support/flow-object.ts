import { env } from "cloudflare:workers";
import { simulate } from "../../simulator/simulate.ts";
import type { Flow } from "../../src/flows/flow.ts";
import type { FlowEvent } from "../../src/flows/flow-event.ts";
import type { FlowProtocol } from "../../src/flows/flow-rpc.ts";
import { call } from "./api-client.ts";
import { freshId } from "./delegation-object.ts";

/** The stub of a flow's object, by the name that the product gives it. */
export const flowObjectOf = (flowId: string): DurableObjectStub & FlowProtocol =>
  env.FLOWS.getByName(`default/${flowId}`) as unknown as DurableObjectStub & FlowProtocol;

/** Posts a flow that must be accepted, and gives its id. */
export async function startFlow(body: object): Promise<string> {
  const { status, body: flow } = await call<Flow>("POST", "/v1/flows", { body: { flow_id: freshId("flow"), ...body } });
  if (status !== 202) throw new Error(`${status} ${JSON.stringify(flow)}`);
  return flow.flow_id;
}

/** Waits until the flow has ended, and gives it. */
export async function flowEnd(flowId: string): Promise<Flow> {
  for (let round = 0; round < 5; round += 1) {
    const outcome = await flowObjectOf(flowId).read(20_000);
    if (outcome.kind !== "found") throw new Error(`the flow is ${outcome.kind}`);
    if (outcome.flow.status !== "in-progress") return outcome.flow;
  }
  throw new Error("the flow did not end");
}

export const runFlow = async (body: object): Promise<Flow> => flowEnd(await startFlow(body));

/** The log of a flow, as far as it is. */
export async function flowEventsOf(flowId: string): Promise<FlowEvent[]> {
  const { body } = await call<{ data: FlowEvent[] }>("GET", `/v1/flows/${flowId}/events`);
  return body.data;
}

/** The D1 row of a flow. */
export async function flowRowOf(flowId: string): Promise<{ [column: string]: unknown } | null> {
  return env.DB.prepare("select * from flows where workspace = 'default' and flow_id = ?").bind(flowId).first();
}

/**
 * A text that makes whoever is asked with it next answer `json`: the answers of earlier steps come before the question in the
 * prompts of later ones, and the simulator plays the first line it finds.
 */
export const nextAnswers = (json: object, more: object = {}): string =>
  simulate({ text: JSON.stringify(json), ...more }).trimEnd();
