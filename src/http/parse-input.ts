import type { z } from "zod";
import { AppError, type FieldProblem } from "../errors.ts";

const MAX_PROBLEMS = 50;
const MAX_NAME = 200;

/** What of the request is parsed; goes into the text of a refusal. */
type InputPart = "body" | "query" | "path";

/** `value` as the schema has it. Throws AppError `invalid_request` that names each field at fault (the first 50). */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown, part: InputPart): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap(problemsOf).slice(0, MAX_PROBLEMS);
  throw refusal(part, problems);
}

/** An AppError `invalid_request` whose text is made of its fields. */
export function refusal(part: InputPart, problems: readonly FieldProblem[]): AppError {
  const told = problems.slice(0, 3).map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  const more = problems.length > told.length ? `; and ${problems.length - told.length} more` : "";
  return new AppError("invalid_request", `The ${part} is not valid: ${told.join("; ")}${more}`, problems);
}

function problemsOf(issue: z.core.$ZodIssue): FieldProblem[] {
  const path = issue.path.map(String);
  if (issue.code !== "unrecognized_keys") return [{ path: shortened(path.join(".")), message: issue.message }];
  return issue.keys
    .slice(0, MAX_PROBLEMS)
    .map((key) => ({ path: shortened([...path, key].join(".")), message: "is not a known field" }));
}

const shortened = (name: string): string => (name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME)}…`);
