import type { DelegationSpec } from "../delegations/delegation-rpc.ts";
import { dollars, nanosOf } from "../lib/nanos.ts";
import type { FlowHeader, FlowProgress } from "./flow-store.ts";

type Standing = {
  header: Pick<FlowHeader, "max_cost">;
  progress: Pick<FlowProgress, "steps">;
  reports: ReadonlyMap<string, { cost_max_nanos: number | null }>;
};

/**
 * How many nano-dollars each of the steps may cost that are about to be started together: what is left of the flow's max_cost when
 * ended steps count with the most they cost, and open ones with the share they got, in equal parts. A step that was to be started
 * before keeps its share. Without a max_cost: no share.
 */
export function sharesOf({ header, progress, reports }: Standing, asked: readonly string[]): ReadonlyMap<string, number> {
  const most = nanosOf(header.max_cost ?? null);
  if (most === null) return new Map();
  const given = new Map(progress.steps.map(({ name, max_cost_nanos = 0 }) => [name, max_cost_nanos]));
  const fresh = asked.filter((name) => !given.has(name));
  // What nobody knows the cost of has cost its whole share.
  const taken = [...given].reduce((sum, [name, share]) => sum + (reports.get(name)?.cost_max_nanos ?? share), 0);
  const each = Math.floor((most - taken) / fresh.length);
  return new Map(asked.map((name) => [name, given.get(name) ?? Math.max(0, each)]));
}

/** The spec with its share as max_cost, unless its own is lower. One without any money left says so when it is to run. */
export function withShare(spec: DelegationSpec, share: number | undefined): DelegationSpec {
  if (share === undefined) return spec;
  const most = Math.min(Math.max(1, share), nanosOf(spec.input.max_cost ?? null) ?? Number.POSITIVE_INFINITY);
  return { ...spec, input: { ...spec.input, max_cost: dollars(most) ?? 0 } };
}
