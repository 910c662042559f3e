import { z } from "zod";
import { lacksMigrations } from "../db/check-database.ts";
import { API_ERRORS, type ApiErrorCode, AppError, INTERNAL_DETAIL } from "../errors.ts";
import { describeError, log } from "../lib/log.ts";

/** Migrations take no longer. */
const RETRY_SECONDS = 5;

const CODES = Object.keys(API_ERRORS) as [ApiErrorCode, ...ApiErrorCode[]];

/** RFC 9457. */
export const Problem = z
  .object({
    type: z.string().meta({ example: "urn:depute:error:invalid_request" }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(CODES),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: "Each field at fault; `path` is dotted, empty for the whole." }),
    request_id: z.string(),
  })
  .meta({ id: "Problem", description: "Why a request was refused (RFC 9457)." });

/** The one answer to whatever was thrown. What was not thrown on purpose is logged, and told as `internal` and nothing else. */
export function problemResponse(thrown: unknown, requestId: string): Response {
  const error = thrown instanceof AppError ? thrown : unknownFault(thrown, requestId);
  const { status, title } = API_ERRORS[error.code];
  const problem: z.infer<typeof Problem> = {
    type: `urn:depute:error:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    ...(error.fields.length > 0 && { errors: [...error.fields] }),
    request_id: requestId,
  };
  const headers = new Headers({ "content-type": "application/problem+json" });
  if (error.retryAfterSeconds !== undefined) headers.set("retry-after", String(error.retryAfterSeconds));
  if (error.code === "unauthorized") headers.set("www-authenticate", 'Bearer realm="depute"');
  return new Response(JSON.stringify(problem), { status, headers });
}

function unknownFault(thrown: unknown, requestId: string): AppError {
  log.error({ request_id: requestId, cause: describeError(thrown) }, "a request failed on our side");
  if (lacksMigrations(thrown)) {
    const detail = "The database lacks migrations that this version needs: they are being applied, or were forgotten.";
    return new AppError("unavailable", detail, [], { retryAfterSeconds: RETRY_SECONDS });
  }
  return new AppError("internal", INTERNAL_DETAIL);
}
