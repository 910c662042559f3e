import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

const HEADERS = {
  // The answers are data: a browser that shows one as a page loads nothing for it, and no page frames it.
  contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  xFrameOptions: "DENY",
  xDownloadOptions: false,
  xDnsPrefetchControl: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
  originAgentCluster: false,
  // Pages that declare their own say more.
  overwrite: false,
};

const overHttps = secureHeaders({ ...HEADERS, strictTransportSecurity: "max-age=31536000" });
const overHttp = secureHeaders({ ...HEADERS, strictTransportSecurity: false });

/** What every answer tells browsers. The scheme is that of the request itself: headers that name another are not believed. */
export const securityHeaders: MiddlewareHandler = async (context, next) => {
  await (context.req.url.startsWith("https:") ? overHttps : overHttp)(context, next);
  if (!context.res.headers.has("cache-control")) context.header("Cache-Control", "no-store");
};
