import { DelegationInput, STATUSES } from "../delegations/delegation.ts";

/** Who may be asked for, in the order of the API. */
export const PROVIDER_WORDS = DelegationInput.shape.provider.unwrap().options;

/** Whether a delegation of this status has ended. */
export const isFinal = (status: string): boolean => status === "completed" || status === "failed" || status === "cancelled";

/** The statuses of delegations that run or wait. */
export const OPEN_STATUSES = STATUSES.filter((status) => !isFinal(status));

/** A status as it is read: its words apart. */
export const statusText = (status: string): string => status.replace(/[-_]/g, " ");
