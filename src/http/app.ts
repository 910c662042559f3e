import type { Hono } from "hono";
import { logsAll } from "../config.ts";
import { AppError } from "../errors.ts";
import { log } from "../lib/log.ts";
import { addAgentRoutes } from "./agent-routes.ts";
import { Api } from "./api.ts";
import { addAuditRoute } from "./audit-route.ts";
import { addBatchEvents } from "./batch-events.ts";
import { addBatchList } from "./batch-list.ts";
import { addBatchResults } from "./batch-results.ts";
import { addBatchRoutes } from "./batch-routes.ts";
import { addBudgetRoutes } from "./budget-routes.ts";
import { addCostsRoute } from "./costs-route.ts";
import { crossOrigin } from "./cross-origin.ts";
import { addDelegationEvents } from "./delegation-events.ts";
import { addDelegationList } from "./delegation-list.ts";
import { addDelegationRetry } from "./delegation-retry.ts";
import { addDelegationRoutes } from "./delegation-routes.ts";
import { addDelegationScore } from "./delegation-score.ts";
import { addDelegationTree } from "./delegation-tree.ts";
import { addDocsPage } from "./docs-page.ts";
import { quotaFields } from "./door.ts";
import { addExportRoute } from "./export-route.ts";
import { addFlowList } from "./flow-list.ts";
import { addFlowRoutes } from "./flow-routes.ts";
import { addHealthRoute } from "./health-route.ts";
import type { HttpEnv } from "./http-env.ts";
import { addKeyRoutes } from "./key-routes.ts";
import { addModelsReport } from "./models-report.ts";
import { addModelsRoute } from "./models-route.ts";
import { addOpenApiRoute } from "./openapi-route.ts";
import { problemResponse } from "./problem.ts";
import { addProvidersRoute } from "./providers-route.ts";
import { addRecordRoute } from "./record-route.ts";
import { requestLine } from "./request-line.ts";
import { securityHeaders } from "./security-headers.ts";
import { addSelectRoute } from "./select-route.ts";
import { addStatsRoute } from "./stats-route.ts";
import { addWebhookDeliveries } from "./webhook-deliveries.ts";
import { addWebhookRoutes } from "./webhook-routes.ts";
import { addWebhookSecrets } from "./webhook-secrets.ts";
import { addWhoamiRoute } from "./whoami-route.ts";
import { addWorkspaceDeliveries } from "./workspace-deliveries.ts";
import { addWorkspaceRoutes } from "./workspace-routes.ts";

const REQUEST_ID = "X-Request-Id";
const SANE_REQUEST_ID = /^[\w.:/+=-]{1,128}$/;

/** The whole HTTP API. Whatever goes wrong in it leaves as one problem; a path with other methods is 404 with `Allow`. */
export function createApp(now: () => number = Date.now): Hono<HttpEnv> {
  const api = new Api(now);
  const app = api.hono;
  app.use(async (context, next) => {
    const given = context.req.header(REQUEST_ID);
    const requestId = given !== undefined && SANE_REQUEST_ID.test(given) ? given : crypto.randomUUID();
    context.set("requestId", requestId);
    const began = now();
    await next();
    if (logsAll(context.env)) log.info(requestLine(context, now() - began), "a request was answered");
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
    const hint =
      methods === "" ? "GET /docs shows all there is, and /openapi.json tells it to programs." : `This path takes ${methods}.`;
    const error = new AppError("not_found", `There is no ${method} ${path.slice(0, 200)}. ${hint}`);
    const response = problemResponse(error, context.get("requestId"));
    if (methods !== "") response.headers.set("allow", methods);
    return response;
  });
  addHealthRoute(api, now);
  addResources(api);
  addOpenApiRoute(api);
  addDocsPage(api);
  return app;
}

/** All that stands under `/v1`. */
function addResources(api: Api): void {
  addDelegationRoutes(api);
  addDelegationRetry(api);
  addDelegationEvents(api);
  addDelegationList(api);
  addDelegationScore(api);
  addExportRoute(api);
  addDelegationTree(api);
  addRecordRoute(api);
  addBatchRoutes(api);
  addBatchList(api);
  addBatchEvents(api);
  addBatchResults(api);
  addAgentRoutes(api);
  addFlowRoutes(api);
  addFlowList(api);
  addModelsRoute(api);
  addModelsReport(api);
  addSelectRoute(api);
  addProvidersRoute(api);
  addCostsRoute(api);
  addStatsRoute(api);
  addBudgetRoutes(api);
  addKeyRoutes(api);
  addWorkspaceRoutes(api);
  addAuditRoute(api);
  addWhoamiRoute(api);
  // Before the routes of one endpoint, whose id might be read in its place.
  addWebhookSecrets(api);
  addWorkspaceDeliveries(api);
  addWebhookRoutes(api);
  addWebhookDeliveries(api);
}
