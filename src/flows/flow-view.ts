import type { TaskReport } from "../delegations/task-report.ts";
import { endedResult, openResult } from "../delegations/task-result.ts";
import { dollars, totalNanos } from "../lib/nanos.ts";
import type { Flow, FlowStep } from "./flow.ts";
import type { FlowHeader, FlowProgress } from "./flow-store.ts";
import type { Answer } from "./pattern.ts";

type Reports = ReadonlyMap<string, TaskReport>;

export const taskIdOf = (flowId: string, step: string): string => `${flowId}.${step}`;

/** What all steps that ended have cost and used together. */
export function spentOn(reports: Reports): Pick<Flow, "tokens_used" | "cost" | "cost_nanos"> {
  const cost_nanos = totalNanos([...reports.values()].map((report) => report.cost_nanos));
  const tokens_used = [...reports.values()].reduce((sum, report) => sum + report.tokens_used, 0);
  return { tokens_used, cost: dollars(cost_nanos), cost_nanos };
}

/** Where a flow stands: what it comes to is told when nothing of it runs any more. */
export function outcomeOf({ ending, completed_at }: FlowProgress): Pick<Flow, "status" | "error"> {
  if (ending === null || completed_at === null) return { status: "in-progress", error: null };
  if (ending.status === "completed") return { status: "completed", error: null };
  if (ending.status === "failed") return { status: "failed", error: ending.error };
  return { status: "cancelled", error: { code: "cancelled", message: `Cancelled by ${ending.by}.`, step: null } };
}

/** The flow as the API shows it; `reports` is how its ended steps ended, `answer` what it comes to. */
export function flowView(header: FlowHeader, progress: FlowProgress, reports: Reports, answer: Answer | null): Flow {
  const { flow_id, pattern, created_by, prompt_preview, properties, parent_task_id, deadline, called = {} } = header;
  const steps = progress.steps.map(({ name, status }): FlowStep => {
    const task_id = taskIdOf(flow_id, name);
    const report = reports.get(name);
    return {
      name,
      task_id,
      called: called[name] ?? null,
      ...(report === undefined ? openResult(task_id, status) : endedResult(report)),
    };
  });
  return {
    flow_id,
    pattern,
    ...outcomeOf(progress),
    created_at: new Date(header.created_at).toISOString(),
    completed_at: progress.completed_at === null ? null : new Date(progress.completed_at).toISOString(),
    created_by,
    prompt_preview,
    properties,
    parent_task_id,
    deadline,
    output: answer?.output ?? null,
    output_data: answer?.output_data ?? null,
    steps,
    ...spentOn(reports),
  };
}
