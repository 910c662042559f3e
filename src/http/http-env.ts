import type { Context } from "hono";
import type { BatchProtocol } from "../batches/batch-rpc.ts";
import type { DelegationProtocol } from "../delegations/delegation-rpc.ts";
import type { Quota } from "../rate-limits/rate-limiter.ts";

/** What the HTTP layer needs from the platform: the database, and the objects that own tasks and batches. */
export type Bindings = {
  DB: D1Database;
  DELEGATIONS: { getByName(name: string): object };
  BATCHES: { getByName(name: string): object };
  RATE_LIMITS: { getByName(name: string): object };
};

export type HttpEnv = { Bindings: Bindings; Variables: { requestId: string; quota?: Quota } };
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
