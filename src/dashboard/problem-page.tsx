import { DeputeError } from "../client/depute-error.ts";
import { API_ERRORS, AppError, INTERNAL_DETAIL } from "../errors.ts";
import { describeError, log } from "../lib/log.ts";
import type { DashboardContext } from "./dashboard-env.ts";
import { document } from "./document.tsx";
import { Problem } from "./layout.tsx";

/** A refusal of the page's own, in the words and with the status of the API's. */
export const refusal = (code: keyof typeof API_ERRORS, message: string): DeputeError =>
  new DeputeError(code, message, { status: API_ERRORS[code].status });

/** Whatever was thrown, as what a page says of it. What was not thrown on purpose is logged and told as `internal`. */
export function problemOf(context: DashboardContext, thrown: unknown): DeputeError {
  if (thrown instanceof DeputeError) return thrown;
  if (thrown instanceof AppError) return refusal(thrown.code, thrown.message);
  const requestId = context.get("requestId");
  log.error({ request_id: requestId, cause: describeError(thrown) }, "a page failed on our side");
  return new DeputeError("internal", INTERNAL_DETAIL, { status: API_ERRORS.internal.status, requestId });
}

/** The HTTP status of a problem. */
export const statusOf = ({ status }: DeputeError): number => status ?? 502;

/** The page of a problem that has no other page around it. */
export const bareProblem = (error: DeputeError) =>
  document(
    "Not possible",
    <main id="main" class="signin">
      <h1>Not possible</h1>
      <Problem error={error} />
      <p>
        <a href="/">To the overview</a>
      </p>
    </main>,
  );
