import type { Batch } from "../batches/batch.ts";
import type { Delegation } from "../delegations/delegation.ts";
import type { Flow } from "../flows/flow.ts";
import { EXIT } from "./exit-codes.ts";
import { count, dollars } from "./figures.ts";
import { harmless } from "./terminal.ts";

/** What has an id, runs and ends. */
export type Work = Delegation | Batch | Flow;

/** One line about it: what it is, came to and cost. */
export function summaryLine(work: Work): string {
  const parts = [
    `${idOf(work)} ${work.status}${whyOf(work)}`,
    ...("model" in work ? [work.model ?? "no model"] : []),
    ...("counts" in work ? [`${work.counts.completed} of ${work.counts.total} tasks completed`] : []),
    ...("steps" in work ? [`${work.steps.length} steps`] : []),
    `${count(work.tokens_used)} tokens`,
    dollars(work.cost),
  ];
  return `${harmless(parts.join(" · ")).replace(/\s+/g, " ")}\n`;
}

export const hasEnded = ({ completed_at, status }: Work): boolean => completed_at !== null || ENDS.has(status);
const ENDS: ReadonlySet<string> = new Set<Work["status"]>(["completed", "failed", "cancelled"]);

/** 0 for what is completed with all that is in it, else 1. */
export const exitOf = (work: Work): number =>
  work.status === "completed" && (!("counts" in work) || work.counts.completed === work.counts.total) ? EXIT.done : EXIT.failed;

/** A text that ends with its line. */
export const whole = (text: string): string => (text === "" || text.endsWith("\n") ? text : `${text}\n`);

function idOf(work: Work): string {
  if ("task_id" in work) return work.task_id;
  return "batch_id" in work ? work.batch_id : work.flow_id;
}
const whyOf = (work: Work): string =>
  "error" in work && work.error !== null ? `: ${work.error.code}: ${work.error.message}` : "";
