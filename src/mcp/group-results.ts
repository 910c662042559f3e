import type { CallToolResult } from "@modelcontextprotocol/server";
import type { Batch } from "../batches/batch.ts";
import type { TaskResult } from "../delegations/task-result.ts";
import type { Flow } from "../flows/flow.ts";
import type { JsonSchema } from "./api-document.ts";
import { cut, money, NEXT_STEP, SHOWN_CHARACTERS, SHOWN_ROWS } from "./shown-text.ts";

const leftOff = (what: string): JsonSchema => ({
  type: "integer",
  description: `How many ${what} are not shown here.`,
});

/** What the result of a batch has besides the batch. */
export const BATCH_OUTPUT = { added: { results_left_off: leftOff("tasks"), next_step: NEXT_STEP } };
/** What the result of a flow has besides the flow. */
export const FLOW_OUTPUT = {
  added: { output_truncated: { type: "boolean" }, steps_left_off: leftOff("steps"), next_step: NEXT_STEP },
};

/** A batch: its first tasks, which share the limit of what is shown. */
export function batchResult(batch: Batch): CallToolResult {
  const { batch_id, status, counts, tokens_used, cost } = batch;
  const all = Object.entries(batch.results);
  const shown = all.slice(0, SHOWN_ROWS);
  const share = shareOf(shown.length);
  const results = Object.fromEntries(shown.map(([id, result]) => [id, shortened(result, share)]));
  const results_left_off = all.length - shown.length;
  const next_step = status === "in-progress" ? `It is not done: call wait_for_batch with batch_id ${batch_id}.` : null;
  const ended = counts.completed + counts.failed + counts.cancelled;
  const lines = [
    `Batch ${batch_id}: ${status}, ${ended} of ${counts.total} ended (${counts.failed} failed, ${counts.cancelled} cancelled; ${spentOf(tokens_used, cost)})`,
    ...(next_step === null ? [] : [next_step]),
    ...Object.entries(results).flatMap(([id, result]) => told(id, result)),
    ...(results_left_off > 0 ? [`${results_left_off} more: call list_delegations with batch_id ${batch_id}.`] : []),
  ];
  return {
    content: [{ type: "text", text: lines.join("\n") }],
    structuredContent: { ...batch, results, results_left_off, next_step },
  };
}

/** A flow: its answer, and what of its steps fits beside it. */
export function flowResult(flow: Flow): CallToolResult {
  const { flow_id, pattern, status, tokens_used, cost, error } = flow;
  const output = flow.output === null ? null : cut(flow.output, SHOWN_CHARACTERS);
  const shown = flow.steps.slice(0, SHOWN_ROWS);
  const share = Math.floor((SHOWN_CHARACTERS - (output?.length ?? 0)) / Math.max(shown.length, 1));
  const steps = shown.map((step) => shortened(step, share));
  const output_truncated = output !== flow.output;
  const next_step = status === "in-progress" ? `It is not done: call wait_for_flow with flow_id ${flow_id}.` : null;
  const lines = [
    `Flow ${flow_id} (${pattern}): ${status} (${spentOf(tokens_used, cost)})`,
    ...(error === null ? [] : [`${error.code}: ${error.message}`]),
    ...(next_step === null ? [] : [next_step]),
    ...steps.map(({ name, task_id, status: how }) => `- ${name}: ${how} (task ${task_id})`),
    ...(output === null ? [] : ["", output]),
  ];
  const structuredContent = {
    ...flow,
    output,
    steps,
    output_truncated,
    steps_left_off: flow.steps.length - steps.length,
    next_step,
  };
  return { content: [{ type: "text", text: lines.join("\n") }], structuredContent };
}

const shareOf = (count: number): number => Math.floor(SHOWN_CHARACTERS / Math.max(count, 1));
const spentOf = (tokens: number, cost: number | null): string => `${tokens.toLocaleString("en-US")} tokens, ${money(cost)}`;

function shortened<Result extends Pick<TaskResult, "output" | "output_truncated">>(result: Result, characters: number): Result {
  if (result.output === null || result.output.length <= characters) return result;
  return { ...result, output: cut(result.output, characters), output_truncated: true };
}

function told(id: string, { status, output, output_truncated, error }: TaskResult): string[] {
  const why = error === null ? "" : `: ${error.code}: ${error.message}`;
  const text = output === null ? [] : [`${output}${output_truncated ? " […]" : ""}`];
  return [`- ${id}: ${status}${why}`, ...text];
}
