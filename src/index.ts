import { createDashboard } from "./dashboard/dashboard.ts";
import { createApp } from "./http/app.ts";
import { addMcp } from "./mcp/mcp.ts";
import { consume } from "./queue/consume.ts";
import { sweep } from "./sweep/sweep.ts";

export { BatchObject } from "./batches/batch-object.ts";
export { LedgerObject } from "./budgets/ledger-object.ts";
export { ProviderObject } from "./circuits/provider-object.ts";
export { DelegationObject } from "./delegations/delegation-object.ts";
export { FlowObject } from "./flows/flow-object.ts";
export { RateLimitObject } from "./rate-limits/rate-limit-object.ts";

const app = createApp();
addMcp(app);
app.route("/", createDashboard(app.fetch));

export default {
  fetch: app.fetch,
  queue: consume,
  scheduled: (controller, env) => sweep(env, controller.scheduledTime),
} satisfies ExportedHandler<Env>;
