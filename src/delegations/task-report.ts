import type { Delegation } from "./delegation.ts";

/** How much of an answer a report carries, in bytes of UTF-8; the delegation itself has all of it. */
const REPORT_OUTPUT_BYTES = 16_384;

/** A delegation as those are told of it who wait for it: without its prompt, its answer cut. */
export type TaskReport = Omit<Delegation, "prompt"> & { output_truncated: boolean };

/** Who waits for a task. Told when it was approved, when it ended, and when its costs or texts changed afterwards. */
export interface TaskListener {
  told(report: TaskReport): Promise<void>;
}

export function reportOf({ prompt, ...delegation }: Delegation): TaskReport {
  const output = delegation.output === null ? null : clipped(delegation.output);
  const isCut = output !== delegation.output;
  return { ...delegation, output, output_truncated: isCut, output_data: isCut ? null : delegation.output_data };
}

/** What is told of a task that was deleted: its books, and none of its texts. */
export const bareReport = (report: TaskReport): TaskReport => ({
  ...report,
  output: null,
  output_data: null,
  output_truncated: report.output !== null,
  error: report.error && { code: report.error.code, message: "The delegation was deleted." },
  attempts: [],
  warnings: [],
  properties: {},
  score_comment: null,
});

/** As many whole characters as fit. */
function clipped(text: string): string {
  if (text.length * 3 <= REPORT_OUTPUT_BYTES) return text;
  return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(REPORT_OUTPUT_BYTES)).read);
}
