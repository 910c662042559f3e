import { sweep } from "./delegations/sweep.ts";
import { createApp } from "./http/app.ts";

export { DelegationObject } from "./delegations/delegation-object.ts";

const app = createApp();

export default {
  fetch: app.fetch,
  scheduled: (_controller, env) => sweep(env),
} satisfies ExportedHandler<Env>;
