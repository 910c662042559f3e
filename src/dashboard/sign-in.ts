import type { Hono } from "hono";
import type { DeputeError } from "../client/depute-error.ts";
import { configOf } from "../config.ts";
import { apiClient } from "./api-client.ts";
import type { DashboardContext, DashboardEnv } from "./dashboard-env.ts";
import { document } from "./document.tsx";
import { checkForm, formOf } from "./form-input.ts";
import { localPath } from "./local-path.ts";
import { problemOf, refusal, statusOf } from "./problem-page.tsx";
import { isSameOrigin } from "./same-origin.ts";
import { sealSession } from "./session.ts";
import { clearSessionCookie, sessionCookie, setSessionCookie } from "./session-cookie.ts";
import { signInPage } from "./sign-in-page.tsx";

/** Signing in and out. */
export function addSignIn(app: Hono<DashboardEnv>): void {
  app.get("/sign-in", (context) => showSignIn(context, localPath(context.req.query("next"))));
  app.post("/sign-in", signIn);
  app.post("/sign-out", async (context) => {
    await checkForm(context, await formOf(context));
    clearSessionCookie(context);
    return context.redirect("/sign-in", 303);
  });
}

function showSignIn(context: DashboardContext, next: string, error?: DeputeError): Response | Promise<Response> {
  const { secrets, simulated } = configOf(context.env);
  const page = signInPage({ next, error, hasSecret: secrets.length > 0, simulated });
  return context.html(page, error === undefined ? 200 : (statusOf(error) as 401));
}

/** The key is tried on the API itself, which counts the wrong ones. */
async function signIn(context: DashboardContext): Promise<Response> {
  const form = await formOf(context);
  const next = localPath(form.get("next"));
  const { secrets } = configOf(context.env);
  if (secrets.length === 0) return showSignIn(context, next, refusal("unavailable", "This deployment has no DEPUTE_SECRET."));
  if (!isSameOrigin(context.req.raw)) throw refusal("forbidden", "This form was not sent from this site's own page.");
  const key = (form.get("key") ?? "").trim();
  if (!/^[\x21-\x7e]+$/.test(key)) return showSignIn(context, next, refusal("unauthorized", "This is no key."));
  try {
    await apiClient(context, key).whoami();
  } catch (thrown) {
    return showSignIn(context, next, problemOf(context, thrown));
  }
  setSessionCookie(context, await sealSession(key, secrets, Date.now()));
  return context.redirect(next, 303);
}

/**
 * Sends to the sign-in page, and from there back. Browsers keep the cookie back when another site's link led here: asked again from
 * our own page they send it, so that a link in a mail opens for who is signed in.
 */
export function askToSignIn(context: DashboardContext, next: string): Response | Promise<Response> {
  if (context.req.header("sec-fetch-site") === "cross-site" && context.req.method === "GET")
    return context.html(document("One moment", null, next));
  if (sessionCookie(context) !== undefined) clearSessionCookie(context);
  return context.redirect(`/sign-in?next=${encodeURIComponent(next)}`, 303);
}
