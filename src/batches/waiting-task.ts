import type { Delegation } from "../delegations/delegation.ts";
import type { DelegationSpec } from "../delegations/delegation-rpc.ts";
import { acceptedState, type DelegationState } from "../delegations/delegation-state.ts";
import { delegationView } from "../delegations/delegation-view.ts";

/** The state of a task before its own object has it: `version` 0 comes before all that the object will write. */
export const waitingState = (spec: DelegationSpec): DelegationState => ({
  ...acceptedState(spec),
  version: 0,
  status: "pending",
});

/** A task that was accepted with its batch and not started yet. */
export const waitingView = (spec: DelegationSpec): Delegation => delegationView(spec, waitingState(spec), null);
