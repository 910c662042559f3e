import type { Context } from "hono";
import type { ApiFetch } from "./api-client.ts";

/** `requestId` is the one that the whole app has given the request. */
export type DashboardEnv = { Bindings: Env; Variables: { requestId: string; api: ApiFetch } };
export type DashboardContext = Context<DashboardEnv>;
