import { eq, isNull, type SQL, sql } from "drizzle-orm";
import { type DelegationFilters, filterConditions, numberIn } from "./delegation-filters.ts";
import { historyProgress } from "./history-schema.ts";
import { delegations, KEPT_SQL, OPEN_STATUSES_SQL } from "./schema.ts";

/*
 * The full-text index `history` (migrations/0004): final delegations that ended at `history_progress.at` or before. A rowid is
 * the time of creation and, below it, ROWID_BITS bits. It is more than a JavaScript number holds, and never leaves SQL.
 */
export const ROWID_BITS = sql.raw("21");

/** Up to when the index is complete, in milliseconds. */
export const INDEXED_UNTIL = sql`(select ${historyProgress.at} from ${historyProgress})`;

const NAMED = ["agent", "provider", "model", "task_type", "batch_id", "flow_id", "parent_task_id", "source"] as const;
/** As much of a property as the index holds: what is longer is told apart by the rows themselves. */
const FACET_CHARACTERS = 200;

/** What a text must hold for the index to have words of it. */
export const WORD = /[\p{L}\p{N}\p{Co}]/u;

/** The MATCH expression of a workspace and filters; of amounts and times it says nothing. Of properties it finds a few too many. */
export function matchOf(workspace: string, filters: DelegationFilters): string {
  const { status, properties = {}, words = [] } = filters;
  const facets = [
    [facet("workspace", workspace)],
    ...(status === undefined ? [] : [status.map((each) => facet("status", each))]),
    ...NAMED.flatMap((name) => {
      const value = filters[name];
      return value === undefined ? [] : [[facet(name, value)]];
    }),
    ...Object.entries(properties).map(([name, text]) => propertyFacets(name, text)),
  ];
  const conditions = facets.map((any) => `facets : (${any.join(" OR ")})`);
  if (words.length > 0) conditions.push(`{prompt output} : (${words.map(quoted).join(" AND ")})`);
  return conditions.join(" AND ");
}

/** Quoted, it is a phrase: nothing in it is syntax. A zero would end the text. */
const quoted = (word: string): string => `"${word.replaceAll('"', '""').replaceAll("\0", " ")}"`;

const facet = (name: string, value: string): string => hex(`${name}=${value}`);

/** A number is found by its whole part, a text as far as SQLite's `substr` reads it: to its first zero. */
function propertyFacets(name: string, text: string): string[] {
  const cut = (value: string) => hex([...`property.${name}=${value}`.replace(/\0.*$/s, "")].slice(0, FACET_CHARACTERS).join(""));
  const number = numberIn(text);
  if (number === null) return [cut(text)];
  const whole = Math.trunc(Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, number)));
  return [...new Set([cut(text), cut(String(whole))])];
}

const hex = (text: string): string =>
  Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * The ids of delegations that the index does not have yet, and of which the words and filters are true. There are few: they are read,
 * each by its key. CROSS JOIN keeps SQLite from an index with all that a filter alone leaves.
 */
export function notIndexed(workspace: string, filters: DelegationFilters): SQL {
  const of = eq(delegations.workspace, workspace);
  const conditions = [...filterConditions(filters), ...(filters.words === undefined ? [] : [holdsWords(filters.words)])];
  return sql`select ${delegations.task_id} from (
    select ${delegations.task_id} from ${delegations} indexed by delegations_open where ${of} and ${sql.raw(OPEN_STATUSES_SQL)} union
    select ${delegations.task_id} from ${delegations} indexed by delegations_kept where ${of} and ${sql.raw(KEPT_SQL)} and ${delegations.completed_at} > ${INDEXED_UNTIL}
  ) as fresh cross join ${delegations} on ${of} and ${delegations.task_id} = fresh.task_id
  where ${isNull(delegations.deleted_at)}${sql.join(conditions.map((condition) => sql` and ${condition}`))}`;
}

/** As text, for what has no index yet: parts of words count, too. (LIKE takes no more than 50 bytes.) */
function holdsWords(words: readonly string[]): SQL {
  const parts = words.flatMap((word) => word.toLowerCase().split(/[^\p{L}\p{N}\p{M}\p{Co}]+/u));
  const wanted = JSON.stringify(parts.filter((part) => part !== ""));
  const lacks = (text: SQL) => sql`instr(lower(coalesce(${text}, '')), wanted.value) = 0`;
  return sql`not exists (select 1 from json_each(${wanted}) as wanted
    where ${lacks(sql`${delegations.prompt_preview}`)} and ${lacks(sql`${delegations.output_preview}`)})`;
}
