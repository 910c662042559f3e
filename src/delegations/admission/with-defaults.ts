import type { DelegationInput } from "../delegation.ts";

type Executor = Pick<DelegationInput, "provider" | "model">;

/**
 * `input` on top of `defaults`. Who the input names replaces both provider and model of the defaults, since either one may
 * contradict the other.
 */
export function withDefaults<I extends Executor, D extends Executor>(input: I, { provider, model, ...defaults }: D) {
  const isNamed = input.provider !== undefined || input.model !== undefined;
  const executor = isNamed ? {} : { ...(provider !== undefined && { provider }), ...(model !== undefined && { model }) };
  return { ...defaults, ...executor, ...input };
}
