import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { indexHistory } from "../../src/sweep/index-history.ts";
import { rollCosts } from "../../src/sweep/roll-costs.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { attemptRow, delegationRow } from "../worker/db/rows.ts";
import { sqliteDatabase } from "./sqlite-database.ts";

export const DAYS = 90;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const PROMPT_WORDS = 60;
const OUTPUT_WORDS = 160;
const VOCABULARY = 20_000;
const BATCH_SIZE = 100;

/** Words of which few are in most texts and most in few; `word0` is the most frequent. */
export const wordAt = (rank: number): string => `word${rank}`;

/**
 * Fills the list with `count` final delegations of the workspace `default` from the 90 days before `now`, evenly, with texts of 220
 * words; then sweeps them into the full-text index and the daily sums, as the Worker does.
 */
export async function fillHistory(sqlite: DatabaseSync, count: number, now: number): Promise<void> {
  const random = seededRandom(1);
  const insert = (table: string, row: { [column: string]: unknown }) => {
    const names = Object.keys(row);
    statements[table] ??= sqlite.prepare(`insert into ${table} (${names.join()}) values (${names.map(() => "?").join()})`);
    statements[table].run(...Object.values(row).map(stored));
  };
  const statements: { [table: string]: ReturnType<DatabaseSync["prepare"]> } = {};
  sqlite.exec("begin");
  for (let index = 0; index < count; index += 1) {
    const { row, attempt } = entry(index, now - Math.round(((count - index) / count) * DAYS * DAY_MS), random);
    insert("delegations", { ...row, wasted_nanos: row.status === "failed" ? (row.cost_nanos ?? 0) : 0 });
    insert("attempts", { workspace: row.workspace, task_id: row.task_id, ...attempt });
  }
  sqlite.exec("commit");
  const database = sqliteDatabase(sqlite);
  // More than a sweep takes at once: several of them.
  for (let sweep = 0; sweep * 15_000 < count + 15_000; sweep += 1) await indexHistory(database, now + 5 * MINUTE_MS);
  for (let sweep = 0; sweep < DAYS / 20 + 1; sweep += 1) await rollCosts(database, now);
}

function stored(value: unknown): SQLInputValue {
  if (typeof value === "boolean") return Number(value);
  return typeof value === "object" && value !== null ? JSON.stringify(value) : (value as SQLInputValue);
}

const EXECUTORS = [
  ["claude", "claude-opus-5-5"],
  ["claude", "claude-sonnet-5-5"],
  ["codex", "gpt-6.2-sol"],
  ["gemini", "gemini-3.5-pro"],
  ["compatible", "local/llama"],
] as const;

function entry(index: number, created_at: number, random: () => number) {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const text = (words: number) => Array.from({ length: words }, () => wordAt(Math.floor(random() ** 4 * VOCABULARY))).join(" ");
  const [provider, model] = pick(EXECUTORS);
  const final = {
    status: random() < 0.95 ? "completed" : "failed",
    cost_nanos: random() < 0.98 ? Math.floor(random() * 500_000_000) : null,
    usage_final: true,
  };
  const [input_tokens, output_tokens] = [Math.floor(random() * 9_000), Math.floor(random() * 3_000)];
  const ended = created_at + Math.floor(random() * MINUTE_MS);
  const row = delegationRow({
    ...final,
    workspace: "default",
    task_id: `task-${index.toString(36).padStart(6, "0")}`,
    version: 3,
    outcome: "completed",
    agent: pick(["default", "coder", "reviewer", "tester", "writer"]),
    provider,
    model,
    requested_model: model,
    task_type: pick(["CODE_GENERATION", "TESTING", "REFACTORING", null]),
    created_at,
    started_at: created_at + 5,
    completed_at: ended,
    updated_at: ended,
    moves_by: null,
    prompt_preview: text(PROMPT_WORDS),
    output_preview: text(OUTPUT_WORDS),
    tokens_used: input_tokens + output_tokens,
    input_tokens,
    output_tokens,
    cost_max_nanos: final.cost_nanos,
    batch_id: index % 3 === 0 ? null : `batch-${Math.floor(index / BATCH_SIZE)}`,
    properties: { team: pick(["red", "green", "blue"]), ticket: index },
    created_by: pick(["ci", "owner", "nightly"]),
    attempts: 1,
    hash: "0".repeat(64),
    cache_key: index.toString(16).padStart(64, "0"),
  });
  const attempt = attemptRow({
    ...final,
    provider,
    model,
    started_at: created_at + 5,
    ended_at: ended,
    input_tokens,
    output_tokens,
    cost_max_nanos: final.cost_nanos,
  });
  return { row, attempt };
}
