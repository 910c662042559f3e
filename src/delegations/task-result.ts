import { z } from "zod";
import { type DelegationStatus, Failure, STATUSES } from "./delegation.ts";
import type { TaskReport } from "./task-report.ts";

/** What a batch and a flow show of each of their tasks. */
export const TaskResult = z.object({
  status: z.enum(STATUSES),
  output: z.string().nullable().meta({ description: "The first 16,384 bytes; null until the task is completed." }),
  output_truncated: z.boolean(),
  model: z.string().nullable(),
  cost: z.number().nullable().meta({ description: "US dollars; null = not known." }),
  cost_nanos: z.int().nullable().meta({ description: "Nano-dollars, exact; null = not known." }),
  tokens_used: z.int(),
  error: Failure.nullable(),
  url: z.string().meta({ description: "Where the whole delegation is." }),
});
export type TaskResult = z.infer<typeof TaskResult>;

const urlOf = (taskId: string): string => `/v1/delegations/${taskId}`;

export function endedResult(report: TaskReport): TaskResult {
  const { task_id, status, output, output_truncated, model, cost, cost_nanos, tokens_used, error } = report;
  return { status, output, output_truncated, model, cost, cost_nanos, tokens_used, error, url: urlOf(task_id) };
}

/** Of a task that has not ended. */
export const openResult = (taskId: string, status: DelegationStatus): TaskResult => ({
  status,
  output: null,
  output_truncated: false,
  model: null,
  cost: 0,
  cost_nanos: 0,
  tokens_used: 0,
  error: null,
  url: urlOf(taskId),
});
