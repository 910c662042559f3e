import type { Delegation, DelegationInput } from "../delegations/delegation.ts";
import type { DelegationSummary } from "../http/delegation-summary.ts";
import { type Camel, camel, type Input } from "./camel-case.ts";

/** The body of `POST /v1/delegations` in camelCase. */
export type DelegateInput = Input<DelegationInput>;

/** `result` is the output; `properties.task_type` is the task type unless the caller set that property. */
type Mirrored = { properties: { [name: string]: unknown } };

/** A delegation with all its texts and attempts, in camelCase. Costs are US dollars, null when not known. */
export type DelegationRecord = Omit<Camel<Delegation>, "properties"> & Mirrored & { result: string | null };

/** A delegation as lists have it: previews of 2,000 characters instead of the texts, no attempts. */
export type DelegationRow = Omit<Camel<DelegationSummary>, "properties"> & Mirrored;

type Known = Omit<Delegation, "prompt">;

/** The record of a delegation, or of as much as is known of it. */
export function recordOf(delegation: Delegation): DelegationRecord;
export function recordOf(delegation: Known): Omit<DelegationRecord, "prompt">;
export function recordOf(delegation: Known): Omit<DelegationRecord, "prompt"> {
  const record = camel(delegation);
  return { ...record, properties: mirrored(delegation), result: record.output };
}

export const rowOf = (summary: DelegationSummary): DelegationRow => ({ ...camel(summary), properties: mirrored(summary) });

const mirrored = ({ task_type, properties }: Pick<Delegation, "task_type" | "properties">): Mirrored["properties"] => ({
  ...(task_type !== null && { task_type }),
  ...properties,
});
