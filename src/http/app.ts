import type { Hono } from "hono";
import { AppError } from "../errors.ts";
import { addAgentRoutes } from "./agent-routes.ts";
import { Api } from "./api.ts";
import { addAuditRoute } from "./audit-route.ts";
import { addBatchEvents } from "./batch-events.ts";
import { addBatchResults } from "./batch-results.ts";
import { addBatchRoutes } from "./batch-routes.ts";
import { addCostsRoute } from "./costs-route.ts";
import { crossOrigin } from "./cross-origin.ts";
import { addDelegationEvents } from "./delegation-events.ts";
import { addDelegationList } from "./delegation-list.ts";
import { addDelegationRetry } from "./delegation-retry.ts";
import { addDelegationRoutes } from "./delegation-routes.ts";
import { addDelegationScore } from "./delegation-score.ts";
import { addDelegationTree } from "./delegation-tree.ts";
import { quotaFields } from "./door.ts";
import { addFlowList } from "./flow-list.ts";
import { addFlowRoutes } from "./flow-routes.ts";
import { addHealthRoute } from "./health-route.ts";
import type { HttpEnv } from "./http-env.ts";
import { addKeyRoutes } from "./key-routes.ts";
import { addModelsRoute } from "./models-route.ts";
import { addOpenApiRoute } from "./openapi-route.ts";
import { problemResponse } from "./problem.ts";
import { addProvidersRoute } from "./providers-route.ts";
import { addRecordRoute } from "./record-route.ts";
import { securityHeaders } from "./security-headers.ts";
import { addSelectRoute } from "./select-route.ts";
import { addWorkspaceRoutes } from "./workspace-routes.ts";

const REQUEST_ID = "X-Request-Id";
const SANE_REQUEST_ID = /^[\w.:/+=-]{1,128}$/;

import { addStatsRoute } from "./stats-route.ts";

/** The whole HTTP API. Whatever goes wrong in it leaves as one problem; a path with other methods is 404 with `Allow`. */
export function createApp(now: () => number = Date.now): Hono<HttpEnv> {
  const api = new Api(now);
  const app = api.hono;
  app.use(async (context, next) => {
    const given = context.req.header(REQUEST_ID);
    const requestId = given !== undefined && SANE_REQUEST_ID.test(given) ? given : crypto.randomUUID();
    context.set("requestId", requestId);
    await next();
    context.header(REQUEST_ID, requestId);
    const quota = context.get("quota");
    if (quota !== undefined) for (const [name, value] of quotaFields(quota)) context.header(name, value);
  });
  app.use(securityHeaders);
  app.use(crossOrigin);
  app.onError((thrown, context) => problemResponse(thrown, context.get("requestId")));
  app.notFound((context) => {
    const { method, path } = context.req;
    const methods = api.methodsOf(path).join(", ");
    const hint = methods === "" ? "GET /openapi.json lists all there is." : `This path takes ${methods}.`;
    const error = new AppError("not_found", `There is no ${method} ${path.slice(0, 200)}. ${hint}`);
    const response = problemResponse(error, context.get("requestId"));
    if (methods !== "") response.headers.set("allow", methods);
    return response;
  });
  addHealthRoute(api);
  addDelegationRoutes(api);
  addDelegationRetry(api);
  addDelegationEvents(api);
  addDelegationList(api);
  addDelegationScore(api);
  addDelegationTree(api);
  addRecordRoute(api);
  addBatchRoutes(api);
  addBatchEvents(api);
  addBatchResults(api);
  addAgentRoutes(api);
  addFlowRoutes(api);
  addFlowList(api);
  addModelsRoute(api);
  addSelectRoute(api);
  addProvidersRoute(api);
  addCostsRoute(api);
  addKeyRoutes(api);
  addWorkspaceRoutes(api);
  addAuditRoute(api);
  addOpenApiRoute(api);
  return app;
}
addStatsRoute(api);
addBudgetRoutes(api);
