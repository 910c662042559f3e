import { configOf } from "../config.ts";
import { apiClient } from "./api-client.ts";
import type { DashboardContext } from "./dashboard-env.ts";
import { formToken } from "./form-token.ts";
import { refusal } from "./problem-page.tsx";
import { openSession } from "./session.ts";
import { sessionCookie } from "./session-cookie.ts";
import type { Refusal, Visit } from "./visit.ts";

/** The sealed session of a request that has one that is not over, and its key. */
export async function signedIn(context: DashboardContext): Promise<{ sealed: string; key: string } | undefined> {
  const sealed = sessionCookie(context);
  if (sealed === undefined) return undefined;
  const session = await openSession(sealed, configOf(context.env).secrets, Date.now());
  return session === undefined ? undefined : { sealed, key: session.key };
}

/** What a page is shown to: undefined when nobody is signed in. Throws DeputeError `unauthorized` when the key works no more. */
export async function visitOf(context: DashboardContext, url: URL, refused?: Refusal): Promise<Visit> {
  const session = await signedIn(context);
  if (session === undefined) throw refusal("unauthorized", "Nobody is signed in.");
  const { secrets, simulated } = configOf(context.env);
  const client = apiClient(context, session.key);
  const caller = await client.whoami();
  return {
    client,
    caller,
    url,
    param: (name) => context.req.param(name) ?? "",
    may: (scope) => caller.scopes.includes(scope),
    token: await formToken(session.sealed, secrets),
    simulated,
    refused,
    now: Date.now(),
  };
}
