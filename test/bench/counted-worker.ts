import { DelegationObject as Product } from "../../src/delegations/delegation-object.ts";
import type { DelegationProtocol } from "../../src/delegations/delegation-rpc.ts";
import worker from "../../src/index.ts";
import { countedDatabase } from "./counted-database.ts";
import { countStorage } from "./counted-storage.ts";
import { count, noCounts } from "./counts.ts";

/*
 * The product's Worker with everything that is charged counted. Locally all objects share the Worker's isolate, so one count
 * holds it all. `GET /counts` tells it, `DELETE /counts` sets it to nothing; neither is counted.
 */

const counts = noCounts();
const METHODS = [
  "start",
  "read",
  "cancel",
  "refuse",
  "decide",
  "specification",
  "events",
  "erase",
  "wake",
] satisfies (keyof DelegationProtocol)[];

export { BatchObject } from "../../src/batches/batch-object.ts";
export { LedgerObject } from "../../src/budgets/ledger-object.ts";
export { ProviderObject } from "../../src/circuits/provider-object.ts";
export { FlowObject } from "../../src/flows/flow-object.ts";
export { RateLimitObject } from "../../src/rate-limits/rate-limit-object.ts";

export class DelegationObject extends Product {
  constructor(ctx: DurableObjectState, env: Env) {
    countStorage(ctx, counts);
    super(ctx, { ...env, DB: countedDatabase(env.DB, counts) });
  }

  override alarm(): Promise<void> {
    counts.alarms += 1;
    return super.alarm();
  }
}

for (const method of METHODS) {
  const original = Product.prototype[method] as (...args: unknown[]) => unknown;
  Object.defineProperty(DelegationObject.prototype, method, {
    value(this: Product, ...args: unknown[]) {
      count(counts.objectCalls, method);
      return original.apply(this, args);
    },
  });
}

let countedEnv: Env | undefined;

export default {
  fetch(request, env, ctx) {
    if (new URL(request.url).pathname === "/counts") {
      const told = Response.json(counts);
      if (request.method === "DELETE") Object.assign(counts, noCounts());
      return told;
    }
    counts.workerRequests += 1;
    countedEnv ??= { ...env, DB: countedDatabase(env.DB, counts) };
    return worker.fetch(request, countedEnv, ctx);
  },
  queue: (batch, env) => worker.queue(batch, env),
} satisfies ExportedHandler<Env>;
