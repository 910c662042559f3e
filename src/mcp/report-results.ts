import type { CallToolResult } from "@modelcontextprotocol/server";
import { money, oneLine, preview, SHOWN_ROWS } from "./shown-text.ts";

type Row = {
  task_id: string;
  status: string;
  provider: string;
  model: string | null;
  cost: number | null;
  created_at: string;
  prompt_preview: string | null;
  output_preview: string | null;
};
type List = { data: readonly Row[]; next_cursor: string | null };
type Selection = { model: string; alias: string; provider: string; reason: string; estimated_cost: number | null };
type Sums = { count: number; tokens: number; total_cost: number | null };
type Costs = { data: readonly (Sums & { [group: string]: unknown })[]; total: Sums };

/** What the result of a cost report has besides the report. */
export const COSTS_OUTPUT = {
  added: { groups_left_off: { type: "integer", description: "How many groups, the cheapest, are not shown here." } },
};
const SUMS: ReadonlySet<string> = new Set(
  ["count", "tokens", "total_cost", "total_cost_nanos", "avg_cost", "unpriced_count"].concat("uncertain_cost", "wasted_cost"),
);

/** A page of the list, its previews short. */
export function listResult(list: List): CallToolResult {
  const data = list.data.map((row) => ({
    ...row,
    prompt_preview: preview(row.prompt_preview),
    output_preview: preview(row.output_preview),
  }));
  const lines = data.map(
    ({ task_id, status, provider, model, cost, created_at, prompt_preview }) =>
      `- ${task_id}: ${status}, ${provider}${model === null ? "" : ` ${model}`}, ${money(cost)}, ${created_at}: ${oneLine(prompt_preview)}`,
  );
  const more = list.next_cursor === null ? [] : [`There are more: call again with cursor ${list.next_cursor}`];
  const text = lines.length === 0 ? "No delegation fits." : [...lines, ...more].join("\n");
  return { content: [{ type: "text", text }], structuredContent: { ...list, data } };
}

/** A choice of a model. */
export function selectionResult(selection: Selection): CallToolResult {
  const { model, alias, provider, reason, estimated_cost } = selection;
  const text = `${model} (${alias}, ${provider}), about ${money(estimated_cost)} a call: ${reason}`;
  return { content: [{ type: "text", text }], structuredContent: selection };
}

/** A cost report, its dearest groups. */
export function costsResult(costs: Costs): CallToolResult {
  const data = costs.data.slice(0, SHOWN_ROWS);
  const groups_left_off = costs.data.length - data.length;
  const lines = data.map((row) => {
    const group = Object.entries(row).flatMap(([name, value]) => (SUMS.has(name) ? [] : [`${name} ${String(value)}`]));
    return `- ${group.join(", ")}: ${summed(row)}`;
  });
  const left = groups_left_off > 0 ? [`${groups_left_off} cheaper groups are not shown.`] : [];
  const text = [`Total: ${summed(costs.total)}`, ...lines, ...left].join("\n");
  return { content: [{ type: "text", text }], structuredContent: { ...costs, data, groups_left_off } };
}

const summed = ({ count, tokens, total_cost }: Sums): string =>
  `${money(total_cost)}, ${count.toLocaleString("en-US")} counted, ${tokens.toLocaleString("en-US")} tokens`;
