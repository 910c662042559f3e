import { sweep } from "./delegations/sweep.ts";
import { createApp } from "./http/app.ts";

export { DelegationObject } from "./delegations/delegation-object.ts";

const app = createApp();

export default {
  fetch: app.fetch,
  scheduled: (controller, env) => sweep(env, controller.scheduledTime),
} satisfies ExportedHandler<Env>;
