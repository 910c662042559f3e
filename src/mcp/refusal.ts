import { DeputeError } from "../client/depute-error.ts";
import { describeError, log } from "../lib/log.ts";

/** What the caller is told of an error: what the API refused as it said it; of a fault of ours only that, the log has the rest. */
export function refusalOf(error: unknown, requestId: string): DeputeError {
  if (error instanceof DeputeError && error.status !== undefined) return error;
  log.error({ request_id: requestId, cause: describeError(error) }, "an MCP request failed on our side");
  const message = "Something failed on our side. The request id finds it in our log.";
  return new DeputeError("internal", message, { status: 500, requestId });
}
