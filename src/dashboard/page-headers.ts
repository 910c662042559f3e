import type { MiddlewareHandler } from "hono";

/** Nothing inline and nothing from elsewhere: text that got into a page as markup would still do nothing. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** What every page tells browsers. With `no-referrer` they would not say where a form was sent from. */
export const pageHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  context.header("Content-Security-Policy", POLICY);
  context.header("Referrer-Policy", "same-origin");
};
