import { type Client, createClient } from "../client/create-client.ts";
import { inProcess, passedOn } from "../lib/in-process.ts";
import type { DashboardContext } from "./dashboard-env.ts";

/** A `fetch` that the API answers in process, for who sent the request. */
export const apiFetch = (context: DashboardContext): ReturnType<typeof inProcess> =>
  inProcess(context.get("api"), passedOn(context.get("requestId"), context.req.raw));

/** Calls the API for one page with the key of who looks at it: authentication, scopes, limits and audit are the API's. */
export const apiClient = (context: DashboardContext, apiKey: string): Client =>
  createClient({ baseUrl: new URL(context.req.url).origin, apiKey, maxRetries: 0, fetch: apiFetch(context) });
