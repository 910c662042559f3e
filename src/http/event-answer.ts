import { AppError } from "../errors.ts";
import type { HttpContext } from "./http-env.ts";
import { jsonListOf } from "./json-list.ts";

/** How the caller wants a log: followed live, a line each, or as one JSON object. */
export type LogType = "text/event-stream" | "application/x-ndjson" | "application/json";

export function wantedLogType(context: HttpContext): LogType {
  const accept = context.req.header("accept") ?? "";
  const types = accept.split(",").map((entry) => entry.split(";", 1)[0]?.trim().toLowerCase());
  if (types.includes("text/event-stream")) return "text/event-stream";
  return types.includes("application/x-ndjson") ? "application/x-ndjson" : "application/json";
}

/** The `seq` after which a reconnecting reader goes on. Throws AppError `invalid_request`. */
export function lastEventId(context: HttpContext): number | undefined {
  const header = context.req.header("last-event-id");
  if (header === undefined || header === "") return undefined;
  if (/^\d{1,15}$/.test(header)) return Number(header);
  const message = "must be the seq of an event";
  throw new AppError("invalid_request", `Last-Event-ID: ${message}`, [{ path: "Last-Event-ID", message }]);
}

/** The log as the caller wants it; without a stream there is nothing (more) to tell. */
export function logAnswer(type: LogType, stream: ReadableStream<Uint8Array> | undefined): Response {
  const headers = { "content-type": type, "cache-control": "no-store, no-transform" };
  if (stream !== undefined)
    return new Response(type === "application/json" ? stream.pipeThrough(jsonListOf()) : stream, { headers });
  if (type === "text/event-stream") return new Response(null, { status: 204 });
  return new Response(type === "application/json" ? '{"data":[]}' : "", { headers });
}
