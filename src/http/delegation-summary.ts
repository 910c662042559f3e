import { z } from "zod";
import type { StoredDelegation } from "../db/list-delegations.ts";
import { Delegation } from "../delegations/delegation.ts";
import { dollars } from "../lib/nanos.ts";

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
  .meta({ id: "DelegationSummary", description: "A delegation without its full texts, attempts and warnings." });
export type DelegationSummary = z.infer<typeof DelegationSummary>;

/** The row as the API shows it: its columns have the API's names, and those the API does not show are dropped. */
export function summaryOf(row: StoredDelegation): DelegationSummary {
  const { input_tokens, cached_input_tokens, cache_write_input_tokens, output_tokens, reasoning_output_tokens } = row;
  return DelegationSummary.parse({
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
  });
}

const isoTime = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
