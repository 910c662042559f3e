import type { Hono } from "hono";
import { apiFetch } from "./api-client.ts";
import { queryLink } from "./components/query-link.ts";
import { costWindow } from "./cost-window.ts";
import type { DashboardContext, DashboardEnv } from "./dashboard-env.ts";
import { askToSignIn } from "./sign-in.ts";
import { signedIn } from "./visitor.ts";

/** Where the costs are as CSV, for whom a page's link is enough. */
export const COST_EXPORT = "/costs.csv";

/** The API's CSV of the window and the group that the page of costs shows. */
export function addCostExport(app: Hono<DashboardEnv>): void {
  app.get(COST_EXPORT, download);
}

async function download(context: DashboardContext): Promise<Response> {
  const page = new URL(context.req.url);
  const session = await signedIn(context);
  if (session === undefined) return askToSignIn(context, page.pathname + page.search);
  const { after, before, lastDay } = costWindow(page.searchParams, Date.now());
  const group_by = page.searchParams.get("by") ?? undefined;
  const path = queryLink("/v1/costs", { group_by, created_after: after, created_before: before });
  const headers = { authorization: `Bearer ${session.key}`, accept: "text/csv" };
  const answer = await apiFetch(context)(new URL(path, page).href, { headers });
  if (!answer.ok) return answer;
  return new Response(answer.body, {
    headers: {
      "content-type": answer.headers.get("content-type") ?? "text/csv",
      "content-disposition": `attachment; filename="depute-costs-${lastDay}.csv"`,
    },
  });
}
