import type { Context } from "hono";
import type { FetchApi } from "../lib/in-process.ts";

/** `requestId` is the one that the whole app has given the request. */
export type DashboardEnv = { Bindings: Env; Variables: { requestId: string; api: FetchApi } };
export type DashboardContext = Context<DashboardEnv>;
