import { AppError, type FieldProblem } from "../../errors.ts";
import { utf8Length } from "../../lib/utf8.ts";
import { type DelegationInput, LIMITS } from "../delegation.ts";
import type { DelegationSpec } from "../delegation-rpc.ts";

const MAX_PROPERTIES = 32;

/** Throws AppError `payload_too_large` that names every field over its limit, with the limit. Sizes are UTF-8 bytes. */
export function checkInputSizes(input: DelegationInput & { output?: string | null }): void {
  const sizes: [keyof typeof LIMITS, number][] = [
    ["prompt", utf8Length(input.prompt)],
    ["system", utf8Length(input.system ?? "")],
    ["output_schema", jsonLength(input.output_schema)],
    ["properties", jsonLength(input.properties)],
    ["output", utf8Length(input.output ?? "")],
  ];
  const problems = sizes.filter(([field, size]) => size > LIMITS[field]).map(([field, size]) => overLimit(field, size));
  const count = Object.keys(input.properties ?? {}).length;
  if (count > MAX_PROPERTIES)
    problems.push({ path: "properties", message: `must have at most ${MAX_PROPERTIES} keys, it has ${count}` });
  if (problems.length > 0) throw tooLarge(problems);
}

/** Throws AppError `payload_too_large` when the task cannot be stored as one. */
export function checkSpecSize(spec: DelegationSpec): void {
  const size = jsonLength(spec);
  if (size > LIMITS.spec) throw tooLarge([{ ...overLimit("spec", size), path: "" }]);
}

const jsonLength = (value: unknown): number => (value === undefined ? 0 : utf8Length(JSON.stringify(value)));

function overLimit(field: keyof typeof LIMITS, size: number): FieldProblem {
  const [limit, actual] = [LIMITS[field], size].map((bytes) => bytes.toLocaleString("en-US"));
  const what = field === "spec" ? "the whole delegation as JSON must be" : "must be";
  return { path: field, message: `${what} at most ${limit} bytes of UTF-8, it has ${actual}` };
}

function tooLarge(problems: readonly FieldProblem[]): AppError {
  const told = problems.map(({ path, message }) => (path === "" ? message : `${path} ${message}`));
  return new AppError("payload_too_large", `Too large: ${told.join("; ")}.`, problems);
}
