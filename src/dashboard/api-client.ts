import { type Client, createClient } from "../client/create-client.ts";
import type { DashboardContext } from "./dashboard-env.ts";

/** The API itself, called in process. */
export type ApiFetch = (request: Request) => Response | Promise<Response>;

/**
 * Calls the API for one page with the key of who looks at it: authentication, scopes, limits and audit are the API's. The
 * request's id and the address that asks go along.
 */
export const apiClient = (context: DashboardContext, apiKey: string): Client =>
  createClient({
    baseUrl: new URL(context.req.url).origin,
    apiKey,
    maxRetries: 0,
    fetch: async (url, init) => context.get("api")(withOrigin(context, new Request(url, init))),
  });

/** The request as one that the visitor sent. */
export function withOrigin(context: DashboardContext, request: Request): Request {
  request.headers.set("x-request-id", context.get("requestId"));
  const address = context.req.header("cf-connecting-ip");
  if (address !== undefined) request.headers.set("cf-connecting-ip", address);
  return request;
}
