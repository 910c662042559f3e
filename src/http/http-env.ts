import type { Context } from "hono";
import type { BatchProtocol } from "../batches/batch-rpc.ts";
import { isFree } from "../circuits/circuit.ts";
import type { CircuitProtocol } from "../circuits/circuit-rpc.ts";
import { KnownCircuits } from "../circuits/known-circuits.ts";
import type { DelegationProtocol } from "../delegations/delegation-rpc.ts";
import type { FlowProtocol } from "../flows/flow-rpc.ts";
import type { Principal } from "../keys/principal.ts";
import type { Deployment } from "../models/model-choice.ts";
import type { Quota } from "../rate-limits/rate-limiter.ts";
import type { WebhookQueue } from "../webhooks/doorbell.ts";

type MeasuredQueue = Pick<Queue, "metrics">;

/** What the HTTP layer needs from the platform: the database, and the objects that own tasks, batches and flows. */
export type Bindings = {
  DELEGATION_QUEUE: MeasuredQueue;
  WEBHOOK_QUEUE: WebhookQueue & MeasuredQueue;
  DB: D1Database;
  DELEGATIONS: { getByName(name: string): object };
  BATCHES: { getByName(name: string): object };
  CIRCUITS: { getByName(name: string): object };
  FLOWS: { getByName(name: string): object };
  RATE_LIMITS: { getByName(name: string): object };
  LEDGERS: { getByName(name: string): object };
};

export type HttpEnv = { Bindings: Bindings; Variables: { requestId: string; quota?: Quota; route?: string; caller?: Principal } };
export type HttpContext = Context<HttpEnv>;

/**
 * The object that owns a task; asking for it creates nothing. The cast says what the class declares: the platform's type of a
 * stub would expand "any JSON" without end.
 */
export const delegationObject = (env: Bindings, workspace: string, taskId: string): DelegationProtocol =>
  env.DELEGATIONS.getByName(`${workspace}/${taskId}`) as DelegationProtocol;

/** The object that owns a batch; asking for it creates nothing. */
export const batchObject = (env: Bindings, workspace: string, batchId: string): BatchProtocol =>
  env.BATCHES.getByName(`${workspace}/${batchId}`) as BatchProtocol;

/** The object that owns a flow; asking for it creates nothing. */
export const flowObject = (env: Bindings, workspace: string, flowId: string): FlowProtocol =>
  env.FLOWS.getByName(`${workspace}/${flowId}`) as FlowProtocol;

/** Says of models whose circuit is known here to be shut that it is; the next caller knows the others. Waits for nothing. */
export function shutModels(context: HttpContext): NonNullable<Deployment["shut"]> {
  const circuits = circuitsOf(context);
  return (provider, model) => {
    const key = { provider, endpoint: null, model };
    circuits.refresh(key);
    return isFree(circuits.known(key), Date.now()) ? undefined : "its circuit is open";
  };
}

/** The circuits, as far as this isolate knows them; asking for one that has nothing to know creates nothing. */
export const circuitsOf = (context: HttpContext): KnownCircuits =>
  new KnownCircuits({
    object: (name) => context.env.CIRCUITS.getByName(name) as CircuitProtocol,
    background: (work) => context.executionCtx.waitUntil(work),
    now: Date.now,
  });
