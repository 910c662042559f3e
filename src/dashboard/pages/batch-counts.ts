import type { BatchRecord } from "../../client/index.ts";
import type { StatusCount } from "../components/progress.tsx";

/** The counts of a batch in the order of a progress bar: what has ended first. */
export function batchCounts({
  completed,
  failed,
  cancelled,
  inProgress,
  needsApproval,
  pending,
}: BatchRecord["counts"]): StatusCount[] {
  return [
    { status: "completed", count: completed },
    { status: "failed", count: failed },
    { status: "cancelled", count: cancelled },
    { status: "in-progress", count: inProgress },
    { status: "needs-approval", count: needsApproval },
    { status: "pending", count: pending },
  ];
}
