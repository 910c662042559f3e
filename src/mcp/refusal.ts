import { DeputeError } from "../client/depute-error.ts";
import { API_ERRORS, INTERNAL_DETAIL } from "../errors.ts";
import { describeError, log } from "../lib/log.ts";

/** What the caller is told of an error: what the API refused as it said it; of a fault of ours only that, the log has the rest. */
export function refusalOf(error: unknown, requestId: string): DeputeError {
  if (error instanceof DeputeError && error.status !== undefined) return error;
  log.error({ request_id: requestId, cause: describeError(error) }, "an MCP request failed on our side");
  return new DeputeError("internal", INTERNAL_DETAIL, { status: API_ERRORS.internal.status, requestId });
}
