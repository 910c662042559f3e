import type { ApiErrorCode, FieldProblem } from "../errors.ts";

/** The API's codes, and two of the client's own: no answer came (`unreachable`), or one that is not the API's (`unexpected_answer`). */
export type DeputeErrorCode = ApiErrorCode | "unreachable" | "unexpected_answer";

type Details = {
  status?: number | undefined;
  fields?: readonly FieldProblem[] | undefined;
  requestId?: string | undefined;
  retryAfterMs?: number | undefined;
  cause?: unknown;
};

/** Why a call of the API has no result. What becomes of a delegation is no error: its record says it. */
export class DeputeError extends Error {
  readonly code: DeputeErrorCode;
  /** The HTTP status; undefined when no answer came. */
  readonly status: number | undefined;
  /** Each field at fault with its dotted path, when the input was refused. */
  readonly fields: readonly FieldProblem[];
  /** Finds the request in the server's log. */
  readonly requestId: string | undefined;
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(code: DeputeErrorCode, message: string, { status, fields = [], requestId, retryAfterMs, cause }: Details = {}) {
    super(message, { cause });
    this.name = "DeputeError";
    this.code = code;
    this.status = status;
    this.fields = fields;
    this.requestId = requestId;
    this.retryAfterMs = retryAfterMs;
  }
}

type Problem = { code: ApiErrorCode; detail: string; errors?: FieldProblem[]; request_id?: string };

/** The error that an answer outside 200–299 stands for. `text` is its body. */
export function refusal(response: Response, text: string, nowMs: number): DeputeError {
  const { status, headers } = response;
  const problem = problemIn(text);
  const details = {
    status,
    requestId: problem?.request_id ?? headers.get("x-request-id") ?? undefined,
    retryAfterMs: retryAfterMs(headers.get("retry-after"), nowMs),
  };
  if (problem === undefined) return new DeputeError("unexpected_answer", `The server answered HTTP ${status}.`, details);
  return new DeputeError(problem.code, problem.detail, { ...details, fields: problem.errors });
}

function problemIn(text: string): Problem | undefined {
  try {
    const problem = JSON.parse(text) as Partial<Problem> | null;
    return typeof problem?.code === "string" && typeof problem.detail === "string" ? (problem as Problem) : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 9110: seconds, or a date. */
function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}
