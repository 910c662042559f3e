import type { CallToolResult } from "@modelcontextprotocol/server";
import type { Delegation } from "../delegations/delegation.ts";
import type { JsonSchema } from "./api-document.ts";
import { outputLink, outputUri } from "./output-uri.ts";
import { cut, money, NEXT_STEP, SHOWN_CHARACTERS } from "./shown-text.ts";

/** What a result has besides the delegation; the prompt, which the caller wrote, is not sent back. */
export const DELEGATION_OUTPUT: { omitted: readonly string[]; added: { readonly [name: string]: JsonSchema } } = {
  omitted: ["prompt"],
  added: {
    output_truncated: {
      type: "boolean",
      description: `True when \`output\` is cut after ${SHOWN_CHARACTERS.toLocaleString("en-US")} characters; then \`output_data\` is null. The resource \`output_uri\` has the whole.`,
    },
    output_uri: { type: "string" },
    next_step: NEXT_STEP,
  },
};

/** A delegation as a tool result: its answer up to a limit, and a link to the whole once there is one. */
export function delegationResult(delegation: Delegation): CallToolResult {
  const { prompt: _, ...shown } = delegation;
  const { task_id, output } = delegation;
  const output_truncated = output !== null && output.length > SHOWN_CHARACTERS;
  const text = output === null ? null : cut(output, SHOWN_CHARACTERS);
  const structuredContent = {
    ...shown,
    output: text,
    output_data: output_truncated ? null : shown.output_data,
    output_truncated,
    output_uri: outputUri(task_id),
    next_step: nextStep(delegation),
  };
  const more = output_truncated ? `\n[cut after ${SHOWN_CHARACTERS} characters; the whole: ${outputUri(task_id)}]` : "";
  const told = [headOf(delegation), ...(text === null ? [] : ["", `${text}${more}`])].join("\n");
  return {
    content: [{ type: "text", text: told }, ...(output === null ? [] : [outputLink(delegation)])],
    structuredContent,
  };
}

function headOf(delegation: Delegation): string {
  const { task_id, status, model, provider, tokens_used, cost, error, warnings, cached_from } = delegation;
  const by = `${provider}${model === null ? "" : ` ${model}`}`;
  const spent = `${tokens_used.toLocaleString("en-US")} tokens, ${money(cost)}`;
  const next = nextStep(delegation);
  const source = cached_from === null ? "" : `, from the cache (${cached_from})`;
  return [
    `${task_id}: ${status} (${by}, ${spent}${source})`,
    ...(error === null ? [] : [`${error.code}: ${error.message}`]),
    ...warnings.map((warning) => `Warning ${warning.code}: ${warning.message}`),
    ...(next === null ? [] : [next]),
  ].join("\n");
}

function nextStep({ task_id, status }: Delegation): string | null {
  if (status === "needs-approval") {
    return `It waits until a person approves it (POST /v1/delegations/${task_id}/approve, scope approve); waiting does not help.`;
  }
  const runs = status === "pending" || status === "in-progress";
  return runs ? `It is not done: call wait_for_delegation with task_id ${task_id}.` : null;
}
