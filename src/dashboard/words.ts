import type { DelegationRecord } from "../client/delegation-record.ts";

/** Who may be asked for, in the order of the API. */
export const PROVIDER_WORDS = [
  "claude",
  "gemini",
  "codex",
  "copilot",
  "compatible",
] as const satisfies DelegationRecord["provider"][];

/** What has not ended, then how things end. */
export const STATUS_WORDS = [
  "needs-approval",
  "pending",
  "in-progress",
  "completed",
  "failed",
  "cancelled",
] as const satisfies DelegationRecord["status"][];

export const isFinal = (status: string): boolean => status === "completed" || status === "failed" || status === "cancelled";
