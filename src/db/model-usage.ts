import { and, eq, sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import type { DelegationFilters } from "./delegation-filters.ts";
import { latestDelegations } from "./latest-delegations.ts";
import { attempts } from "./schema.ts";

const MAX_ROWS = 10_000;

/** What completed attempts used that a price treats alike: same model, same UTC day, same band of prompt lengths. */
export type ModelUsage = {
  provider: string;
  model: string;
  /** `YYYY-MM-DD` */
  day: string;
  /** How many of the asked lengths the prompt is longer than. */
  band: number;
  count: number;
  /** Nano-dollars; null for those whose cost is not known, which come in rows of their own. */
  cost_nanos: number | null;
  longest_prompt: number;
  input_tokens: number;
  cached_input_tokens: number;
  cache_write_input_tokens: number;
  output_tokens: number;
  reasoning_output_tokens: number;
};

/**
 * What the completed attempts of the latest delegations used; a row for each model, day and band of prompt lengths. Copilot's
 * are left out: its tokens are those of many calls. `complete` is false when there is more than is looked at.
 */
export async function modelUsage(
  db: Database,
  workspace: string,
  { model, provider, ...filters }: DelegationFilters,
  promptLengths: readonly number[],
): Promise<{ rows: ModelUsage[]; complete: boolean }> {
  const tasks = latestDelegations(workspace, filters, sql.raw("workspace, task_id"));
  const { input_tokens, cost_nanos } = attempts;
  const conditions = and(
    sql`${attempts.status} = 'completed' and ${attempts.provider} <> 'copilot'`,
    model === undefined ? undefined : eq(attempts.model, model),
    provider === undefined ? undefined : eq(attempts.provider, provider),
  );
  const band = sql.join(
    [sql`0`, ...promptLengths.map((length) => sql`(${input_tokens} > ${sql.raw(String(Math.trunc(length)))})`)],
    sql` + `,
  );
  const sums = sql.raw(SUMMED.map((name) => `sum("attempts"."${name}") as ${name}`).join(", "));
  const rows = await db.all<ModelUsage>(sql`
    select ${attempts.provider} as provider, ${attempts.model} as model, date(${attempts.started_at} / 1000, 'unixepoch') as day,
      ${band} as band, count(*) as count, sum(${cost_nanos}) as cost_nanos, max(${input_tokens}) as longest_prompt, ${sums}
    from (${tasks}) as d cross join ${attempts} on ${attempts.workspace} = d.workspace and ${attempts.task_id} = d.task_id
    where ${conditions}
    group by ${attempts.provider}, ${attempts.model}, day, band, ${cost_nanos} is null limit ${MAX_ROWS + 1}`);
  return { rows: rows.slice(0, MAX_ROWS), complete: rows.length <= MAX_ROWS };
}

const SUMMED = ["input_tokens", "cached_input_tokens", "cache_write_input_tokens", "output_tokens", "reasoning_output_tokens"];
