import { sql } from "drizzle-orm";
import type { Database } from "./client.ts";
import { attempts, delegations } from "./schema.ts";

/** How many of the latest delegations are looked at: enough for a rate, and a bounded number of rows read. */
const LATEST = 500;

/** Times in milliseconds; `attempts` counts ended ones. */
export type ProviderHealth = {
  attempts: number;
  failures: number;
  inFlight: number;
  lastOutcome: { status: string; at: number } | null;
  lastError: { code: string; at: number } | null;
  /** Those that answered or were asked, by name. */
  models: readonly string[];
};

type Group = { provider: string; model: string; status: string; error_code: string | null; count: number; at: number };

/** How each provider did in the latest delegations of a workspace created since `since` (milliseconds), by provider id. */
export async function providerHealth(
  db: Database,
  workspace: string,
  since: number,
): Promise<ReadonlyMap<string, ProviderHealth>> {
  const groups = await db.all<Group>(sql`
    select a.provider, a.model, a.status, a.error_code, count(*) as count, max(coalesce(a.ended_at, a.started_at)) as at
    from (
      select workspace, task_id from ${delegations} where workspace = ${workspace} and created_at >= ${since}
      order by created_at desc, task_id desc limit ${LATEST}
    ) as d cross join ${attempts} as a on a.workspace = d.workspace and a.task_id = d.task_id
    group by a.provider, a.model, a.status, a.error_code`);
  const byProvider = Map.groupBy(groups, ({ provider }) => provider);
  return new Map([...byProvider].map(([provider, own]) => [provider, healthOf(own)]));
}

function healthOf(groups: readonly Group[]): ProviderHealth {
  const ended = groups.filter(({ status }) => status !== "running");
  const failed = ended.filter(({ status }) => status === "failed" || status === "interrupted");
  const last = latest(ended);
  const error = latest(ended.filter(({ error_code }) => error_code !== null));
  return {
    attempts: total(ended),
    failures: total(failed),
    inFlight: total(groups) - total(ended),
    lastOutcome: last === undefined ? null : { status: last.status, at: last.at },
    lastError: error?.error_code == null ? null : { code: error.error_code, at: error.at },
    models: [...new Set(groups.map(({ model }) => model))],
  };
}

const total = (groups: readonly Group[]): number => groups.reduce((sum, { count }) => sum + count, 0);
const latest = (groups: readonly Group[]): Group | undefined => groups.toSorted((left, right) => right.at - left.at)[0];
