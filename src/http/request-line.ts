import { routePath } from "hono/route";
import { AppError } from "../errors.ts";
import type { LogFields } from "../lib/log.ts";
import type { HttpContext } from "./http-env.ts";

/**
 * What the log says of a request that was answered, under the names of OpenTelemetry's HTTP conventions
 * (`@opentelemetry/semantic-conventions` 1.45.0) and `depute.*`: its route as declared, never its path, which may hold anything.
 * A stream goes on after it.
 */
export function requestLine(context: HttpContext, durationMs: number): LogFields {
  const caller = context.get("caller");
  const { status } = context.res;
  const failure = context.error instanceof AppError ? context.error.code : String(status);
  return {
    "http.request.method": context.req.method,
    "http.route": context.get("route") ?? unlisted(context),
    "http.response.status_code": status,
    "error.type": status < 400 ? undefined : failure,
    "depute.workspace": caller?.workspace,
    "depute.key_id": caller?.key_id,
    duration_ms: durationMs,
    request_id: context.get("requestId"),
  };
}

/** The route of what is no operation of the API; undefined when only what is common to all routes took the request. */
function unlisted(context: HttpContext): string | undefined {
  const route = routePath(context, -1);
  return /^\/?\*$/.test(route) ? undefined : route;
}
