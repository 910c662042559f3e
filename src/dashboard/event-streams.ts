import type { Hono } from "hono";
import { apiFetch } from "./api-client.ts";
import type { DashboardContext, DashboardEnv } from "./dashboard-env.ts";
import { signedIn } from "./visitor.ts";

const KINDS = ["delegations", "batches", "flows"] as const;

/** Where the streams are. */
export const EVENT_STREAMS = KINDS.map((kind) => `/${kind}/:id/events`);

/** The API's event streams for pages, which have no key: `/delegations/x/events` is `/v1/delegations/x/events`. */
export function addEventStreams(app: Hono<DashboardEnv>): void {
  for (const kind of KINDS) app.get(`/${kind}/:id/events`, (context) => stream(context, kind));
}

async function stream(context: DashboardContext, kind: string): Promise<Response> {
  const session = await signedIn(context);
  if (session === undefined) return context.text("Nobody is signed in.", 401);
  const url = new URL(context.req.url);
  url.pathname = `/v1/${kind}/${encodeURIComponent(context.req.param("id") ?? "")}/events`;
  const headers = new Headers({ authorization: `Bearer ${session.key}`, accept: "text/event-stream" });
  const last = context.req.header("last-event-id");
  if (last !== undefined) headers.set("last-event-id", last);
  return apiFetch(context)(url.href, { headers });
}
