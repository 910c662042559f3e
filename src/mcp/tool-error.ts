import type { CallToolResult } from "@modelcontextprotocol/server";
import type { DeputeError } from "../client/depute-error.ts";

/** A refusal of the API as a tool tells it: the same code, text and fields. As data it is in `_meta`: a result's own is its schema's. */
export function toolError({ code, message, status, fields, requestId, retryAfterMs }: DeputeError): CallToolResult {
  const retryAfter = retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1_000);
  const lines = [
    `${code}: ${message}`,
    ...fields.map(({ path, message: why }) => `- ${path === "" ? "(the whole)" : path}: ${why}`),
    ...(retryAfter === undefined ? [] : [`Retry after ${retryAfter} s.`]),
  ];
  const problem = {
    code,
    detail: message,
    ...(status !== undefined && { status }),
    ...(fields.length > 0 && { errors: [...fields] }),
    ...(retryAfter !== undefined && { retry_after: retryAfter }),
    ...(requestId !== undefined && { request_id: requestId }),
  };
  return { isError: true, content: [{ type: "text", text: lines.join("\n") }], _meta: { "depute/problem": problem } };
}
