import { z } from "zod";
import type { StoredDelegation } from "../db/list-delegations.ts";
import { Delegation } from "../delegations/delegation.ts";
import { log } from "../lib/log.ts";
import { dollars } from "../lib/nanos.ts";
import { NO_USAGE } from "../providers/provider.ts";

/** A delegation as lists show it. */
export const DelegationSummary = Delegation.omit({
  prompt: true,
  output: true,
  output_data: true,
  attempts: true,
  warnings: true,
})
  .extend({
    prompt_preview: z.string().nullable().meta({ description: "The first 2,000 characters." }),
    output_preview: z.string().nullable().meta({ description: "The first 2,000 characters." }),
    attempt_count: z.int(),
  })
  .meta({
    id: "DelegationSummary",
    description:
      "A delegation without its full texts, attempts and warnings. What the list cannot read of it is null, 0 or empty; a status that it cannot read is `failed` with the error `unreadable`.",
  });
export type DelegationSummary = z.infer<typeof DelegationSummary>;

const UNREADABLE = "unreadable";

/** What stands for a column that cannot be read. */
const IN_PLACE: DelegationSummary = {
  task_id: "",
  agent: "",
  status: "failed",
  created_at: new Date(0).toISOString(),
  started_at: null,
  completed_at: null,
  tokens_used: 0,
  model: null,
  cost: null,
  error: null,
  cost_nanos: null,
  usage_final: false,
  cost_max: null,
  cost_max_nanos: null,
  requested_model: null,
  provider: "",
  outcome: null,
  usage: NO_USAGE,
  source: "run",
  cached_from: null,
  batch_id: null,
  flow_id: null,
  flow_step: null,
  parent_task_id: null,
  task_type: null,
  complexity: null,
  budget_mode: null,
  properties: {},
  created_by: "",
  score: null,
  score_comment: null,
  prompt_preview: null,
  output_preview: null,
  attempt_count: 0,
};

/**
 * The row as the API shows it: its columns have the API's names, and those the API does not show are dropped. A row that
 * cannot be read in full is logged and shown without what cannot be read, so that it does not take its page with it.
 */
export function summaryOf(row: StoredDelegation): DelegationSummary {
  const { input_tokens, cached_input_tokens, cache_write_input_tokens, output_tokens, reasoning_output_tokens } = row;
  const shown = {
    ...row,
    created_at: isoTime(row.created_at),
    started_at: isoTime(row.started_at),
    completed_at: isoTime(row.completed_at),
    cost: dollars(row.cost_nanos),
    cost_max: dollars(row.cost_max_nanos),
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? "" },
    usage: { input_tokens, cached_input_tokens, cache_write_input_tokens, output_tokens, reasoning_output_tokens },
    attempt_count: row.attempts,
    properties: row.properties ?? {},
  };
  const { success, data, error } = DelegationSummary.safeParse(shown);
  return success ? data : readablePart(shown, error);
}

function readablePart(shown: { task_id: string }, { issues }: z.ZodError): DelegationSummary {
  const fields = new Set(issues.map(({ path }) => String(path[0])));
  log.error({ task_id: String(shown.task_id), fields: [...fields].join(", ") }, "a row of the list cannot be read in full");
  const readable = Object.entries(shown).filter(([name]) => !fields.has(name));
  const told = {
    code: UNREADABLE,
    message: "The list cannot read the status of this delegation; the delegation itself tells it.",
  };
  return DelegationSummary.parse({
    ...IN_PLACE,
    ...Object.fromEntries(readable),
    ...(fields.has("status") && { error: told }),
  });
}

/** A time outside of the calendar is an empty text, which no schema takes. */
function isoTime(at: number | null): string | null {
  if (at === null) return null;
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? "" : time.toISOString();
}
