import { type ApiErrorCode, AppError, type FieldProblem } from "../../errors.ts";

const MAX_PROBLEMS = 50;
const MAX_TOLD = 3;

/** Gathers what is refused of the parts of one body, so that all parts at fault are named at once. */
export class Refusals {
  readonly #problems: FieldProblem[] = [];
  readonly #codes = new Set<ApiErrorCode>();

  add(problem: FieldProblem, code: ApiErrorCode = "invalid_request"): void {
    this.#problems.push(problem);
    this.#codes.add(code);
  }

  /** What `admitted` gives; undefined when it refuses with an AppError, whose fields are then those of `path`. */
  taking<T>(path: string, admitted: () => T): T | undefined {
    try {
      return admitted();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const fields = error.fields.length > 0 ? error.fields : [{ path: "", message: error.message }];
      for (const field of fields) this.add({ ...field, path: [path, field.path].filter(Boolean).join(".") }, error.code);
      return undefined;
    }
  }

  /** Throws one AppError that names the first 50 problems, if there are any; `what` is "batch" or "flow". */
  throwIfAny(what: string): void {
    if (this.#problems.length === 0) return;
    const [code = "invalid_request"] = this.#codes.size === 1 ? this.#codes : [];
    const told = this.#problems.slice(0, MAX_TOLD).map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
    const more = this.#problems.length > told.length ? `; and ${this.#problems.length - told.length} more` : "";
    const text = `The ${what} is not valid, and nothing of it was started: ${told.join("; ")}${more}`;
    throw new AppError(code, text, this.#problems.slice(0, MAX_PROBLEMS));
  }
}
