import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { SESSION_SECONDS } from "./session.ts";

const NAME = "depute";

/** Browsers take `__Host-` and `Secure` over https only; plain http is for the machine itself. */
function kindOf(context: Context) {
  const secure = new URL(context.req.url).protocol === "https:";
  return { secure, ...(secure && { prefix: "host" as const }), path: "/", httpOnly: true, sameSite: "Strict" as const };
}

/** The sealed session that a browser sent. */
export const sessionCookie = (context: Context): string | undefined => getCookie(context, NAME, kindOf(context).prefix);

/** Has the browser keep a sealed session for as long as it lasts. */
export const setSessionCookie = (context: Context, sealed: string): void =>
  setCookie(context, NAME, sealed, { ...kindOf(context), maxAge: SESSION_SECONDS });

/** Has the browser forget its session. */
export function clearSessionCookie(context: Context): void {
  deleteCookie(context, NAME, kindOf(context));
}
