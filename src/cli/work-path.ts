import { pathOf } from "../client/ask.ts";
import type { Options } from "./command.ts";
import type { Given } from "./given.ts";
import { UsageError } from "./usage-error.ts";

/** Says what kind of work an id is of. */
export const KIND_OPTIONS = {
  batch: { type: "boolean", help: "the id is a batch's" },
  flow: { type: "boolean", help: "the id is a flow's" },
} as const satisfies Options;

/** The path of the work that a command names. Throws UsageError. */
export function workPath(given: Given<keyof typeof KIND_OPTIONS>, ...action: readonly string[]): string {
  if (given.flag("batch") && given.flag("flow")) throw new UsageError("It is a batch or a flow, not both.");
  const kind = given.flag("batch") ? "batches" : given.flag("flow") ? "flows" : "delegations";
  return pathOf(kind, given.word(0), ...action);
}
