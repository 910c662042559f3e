import { Hono } from "hono";
import { addCostExport, COST_EXPORT } from "./cost-export.ts";
import type { DashboardEnv } from "./dashboard-env.ts";
import { addEventStreams, EVENT_STREAMS } from "./event-streams.ts";
import { pageHeaders } from "./page-headers.ts";
import { PAGES } from "./pages.ts";
import { actOnPage, failed, showPage } from "./show-page.tsx";
import { addSignIn } from "./sign-in.ts";

const NAV = PAGES.flatMap(({ path, nav }) => (nav === undefined ? [] : [{ path, nav }]));

/** The whole app, for calls in process. */
type AppFetch = (request: Request, env: Env, ctx: ExecutionContext) => Response | Promise<Response>;

/** The pages and what their forms do: a client of the API that `fetch` answers. */
export function createDashboard(fetch: AppFetch): Hono<DashboardEnv> {
  const app = new Hono<DashboardEnv>();
  app.onError((thrown, context) => failed(context, thrown));
  const paths = PAGES.flatMap((page) => [page.path, ...Object.keys(page.actions ?? {})]);
  for (const path of new Set(["/sign-in", "/sign-out", COST_EXPORT, ...paths, ...EVENT_STREAMS])) {
    app.use(path, pageHeaders, async (context, next) => {
      context.set("api", (request) => fetch(request, context.env, context.executionCtx as ExecutionContext));
      await next();
    });
  }
  addSignIn(app);
  addEventStreams(app);
  addCostExport(app);
  for (const page of PAGES) {
    app.get(page.path, (context) => showPage(context, page, NAV));
    for (const [path, act] of Object.entries(page.actions ?? {})) app.post(path, (context) => actOnPage(context, page, act, NAV));
  }
  return app;
}
