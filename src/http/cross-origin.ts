import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { configOf } from "../config.ts";
import type { HttpEnv } from "./http-env.ts";

/** What MCP clients send besides. */
const MCP_HEADERS = ["Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name", "Mcp-Session-Id"];

const allowing = cors({
  origin: (origin, context) => (configOf(context.env).corsOrigins.includes(origin) ? origin : null),
  allowMethods: ["GET", "POST", "PUT", "DELETE"],
  allowHeaders: ["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "X-Request-Id", ...MCP_HEADERS],
  exposeHeaders: ["Depute-Next-Cursor", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"],
  maxAge: 7_200,
});

/** Lets pages of the origins in CORS_ORIGINS call; their preflights need no key. With none, browsers let no page call. */
export const crossOrigin: MiddlewareHandler<HttpEnv> = (context, next) => {
  const hasOrigin = context.req.header("origin") !== undefined;
  return hasOrigin && configOf(context.env).corsOrigins.length > 0 ? allowing(context, next) : next();
};
