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
  if (issue.code === "invalid_union") return unionProblems(issue);
  const path = issue.path.map(String);
  if (issue.code !== "unrecognized_keys") return [{ path: shortened(path.join(".")), message: issue.message }];
  return issue.keys
    .slice(0, MAX_PROBLEMS)
    .map((key) => ({ path: shortened([...path, key].join(".")), message: "is not a known field" }));
}

/** What is wrong inside the one alternative that the value is of the kind of; else all that would have been right. */
function unionProblems({ errors, path }: z.core.$ZodIssueInvalidUnion): FieldProblem[] {
  const meant = errors.find((issues) => issues.length > 0 && issues.every((inner) => inner.path.length > 0));
  if (meant !== undefined) return meant.flatMap((inner) => problemsOf({ ...inner, path: [...path, ...inner.path] }));
  const messages = errors.flatMap((issues) => issues.map(({ message }) => message));
  return [{ path: shortened(path.join(".")), message: messages.join("; or ") }];
}

const shortened = (name: string): string => (name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME)}…`);
