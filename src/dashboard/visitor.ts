import { configOf } from "../config.ts";
import { apiClient } from "./api-client.ts";
import type { DashboardContext } from "./dashboard-env.ts";
import { formToken } from "./form-token.ts";
import { openSession } from "./session.ts";
import { sessionCookie } from "./session-cookie.ts";
import type { Visit } from "./visit.ts";

/** A session as its cookie carries it, and the key in it. */
type SignedIn = { sealed: string; key: string };

/** The session of a request that has one that is not over. */
export async function signedIn(context: DashboardContext): Promise<SignedIn | undefined> {
  const sealed = sessionCookie(context);
  if (sealed === undefined) return undefined;
  const session = await openSession(sealed, configOf(context.env).secrets, Date.now());
  return session === undefined ? undefined : { sealed, key: session.key };
}

/** What a page is shown to. Throws DeputeError `unauthorized` when the key works no more. */
export async function visitOf(context: DashboardContext, session: SignedIn, url: URL): Promise<Visit> {
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
    refused: undefined,
    now: Date.now(),
  };
}
