import { BatchObject as Batch } from "../../src/batches/batch-object.ts";
import { LedgerObject as Ledger } from "../../src/budgets/ledger-object.ts";
import { ProviderObject as Provider } from "../../src/circuits/provider-object.ts";
import { DelegationObject as Delegation } from "../../src/delegations/delegation-object.ts";
import { FlowObject as Flow } from "../../src/flows/flow-object.ts";
import worker from "../../src/index.ts";
import { RateLimitObject as RateLimit } from "../../src/rate-limits/rate-limit-object.ts";
import { countedDatabase } from "./counted-database.ts";
import { countStorage } from "./counted-storage.ts";
import { count, noCounts } from "./counts.ts";

/*
 * The product's Worker with everything that is charged counted. Locally all objects share the Worker's isolate, so one count
 * holds it all. `GET /counts` tells it, `DELETE /counts` sets it to nothing; neither is counted.
 */

const counts = noCounts();

type ObjectClass = new (
  ctx: DurableObjectState,
  env: Env,
) => Rpc.DurableObjectBranded & { alarm?(info?: AlarmInvocationInfo): void | Promise<void> };

/** Where the calls and rows of a class are counted. The counts are replaced when they are reset, so each is looked up as it is needed. */
type Place = { calls: (method: string) => void; rows: Parameters<typeof countStorage>[1] };

/** The class with its rows, its alarms and all of its methods counted. */
function counted(Product: ObjectClass, { calls, rows }: Place): ObjectClass {
  class Counted extends Product {
    constructor(ctx: DurableObjectState, env: Env) {
      countStorage(ctx, rows);
      super(ctx, { ...env, DB: countedDatabase(env.DB, counts) });
    }
  }
  for (const [method, { value }] of Object.entries(Object.getOwnPropertyDescriptors(Product.prototype))) {
    if (method === "constructor" || typeof value !== "function") continue;
    Object.defineProperty(Counted.prototype, method, {
      value(this: object, ...args: unknown[]) {
        if (method === "alarm") counts.alarms += 1;
        else calls(method);
        return value.apply(this, args);
      },
    });
  }
  return Counted;
}

/** One that serves many delegations: what is written there is not the task's own. */
const countedOther = (Product: ObjectClass): ObjectClass =>
  counted(Product, {
    calls: (method) => count(counts.otherCalls, `${Product.name}.${method}`),
    rows: {
      rowsRead: {},
      get rowsWritten() {
        return rowsOf(Product.name);
      },
    },
  });

/** The entries of one class under its name. */
const rowsOf = (name: string): { [row: string]: number } =>
  new Proxy(counts.otherRows, {
    get: (rows, row) => rows[`${name}.${String(row)}`],
    set: (rows, row, amount) => Reflect.set(rows, `${name}.${String(row)}`, amount),
  });

export class DelegationObject extends counted(Delegation, {
  calls: (method) => count(counts.objectCalls, method),
  rows: counts,
}) {}
export class BatchObject extends countedOther(Batch) {}
export class FlowObject extends countedOther(Flow) {}
export class LedgerObject extends countedOther(Ledger) {}
export class ProviderObject extends countedOther(Provider) {}
export class RateLimitObject extends countedOther(RateLimit) {}

let countedBindings: Env | undefined;
const countedEnv = (env: Env): Env => {
  countedBindings ??= { ...env, DB: countedDatabase(env.DB, counts) };
  return countedBindings;
};

export default {
  fetch(request, env, context) {
    if (new URL(request.url).pathname === "/counts") {
      const told = Response.json(counts);
      if (request.method === "DELETE") Object.assign(counts, noCounts());
      return told;
    }
    counts.workerRequests += 1;
    return worker.fetch(request, countedEnv(env), context);
  },
  queue: (batch, env, context) => worker.queue(batch, countedEnv(env), context),
} satisfies ExportedHandler<Env>;
