import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "vitest";
import type { JournalEntry } from "../../simulator/scenario.ts";
import type { Budget } from "../../src/budgets/budget.ts";
import type { Delegation } from "../../src/delegations/delegation.ts";
import type { E2eServer } from "./e2e-server.ts";

/** What the vendors were asked for one prompt, in the order of arrival. */
export function callsFor({ simulator }: E2eServer, { prompt }: { prompt: string }): JournalEntry[] {
  return simulator.journal().filter((entry) => entry.method === "POST" && entry.prompt.includes(prompt));
}

/** No two requests for the prompt were at the vendor at the same time. */
export function expectOneAtATime(calls: readonly JournalEntry[]): void {
  for (const [index, next] of calls.entries()) {
    const before = calls[index - 1];
    if (before === undefined) continue;
    expect(before.ended_at, `request ${before.number} must have ended before request ${next.number} came`).not.toBeNull();
    expect(before.ended_at).toBeLessThanOrEqual(next.arrived_at);
  }
}

const sum = (values: readonly (number | null)[]): number => values.reduce<number>((total, value) => total + (value ?? 0), 0);

/**
 * The books add up: each record is the sum of its attempts, each row of the list is its record, the attempts on the list are
 * those of the records, and the costs are the sum over all rows and over the records that were deleted.
 */
export async function expectBooksToBalance(
  server: E2eServer,
  delegations: readonly Delegation[],
  deleted: readonly Delegation[] = [],
): Promise<void> {
  for (const delegation of delegations) {
    const { attempts } = delegation;
    expect(attempts.map(({ number }) => number)).toEqual(attempts.map((_, index) => index + 1));
    expect(delegation.cost_nanos).toBe(sum(attempts.map(({ cost_nanos }) => cost_nanos)));
    expect(delegation.tokens_used).toBe(sum(attempts.map(({ usage }) => usage.input_tokens + usage.output_tokens)));
  }
  const booked = ({ task_id, status, cost_nanos, tokens_used }: Delegation, attempt_count: number) => ({
    task_id,
    status,
    cost_nanos,
    tokens_used,
    attempt_count,
  });
  const records = delegations.map((delegation) => booked(delegation, delegation.attempts.length));
  const listed = async () => {
    const rows = await server.client.list();
    return records.map(({ task_id }) => rows.filter((row) => row.task_id === task_id));
  };
  await expect.poll(listed, { interval: 100 }).toEqual(records.map((record) => [expect.objectContaining(record)]));
  const booksOf = [...(await server.client.list()), ...deleted];
  expect((await server.client.costs()).total).toMatchObject({
    count: booksOf.length,
    total_cost_nanos: sum(booksOf.map(({ cost_nanos }) => cost_nanos)),
    tokens: sum(booksOf.map(({ tokens_used }) => tokens_used)),
  });
  const { total_cost_nanos, tokens } = (await server.client.costs()).total;
  expect((await server.client.costs("?group_by=provider")).total).toMatchObject({ total_cost_nanos, tokens });
  expect(storedAttempts(server, delegations)).toEqual(
    delegations.map(({ task_id, attempts }) =>
      attempts.map(({ number, status, cost_nanos }) => ({ task_id, number, status, cost_nanos })),
    ),
  );
}

/**
 * The ledger agrees: what a budget of the whole workspace has spent is the sum over all attempts (of the most they can have cost,
 * where that is not certain), and nothing is held any more.
 */
export async function expectLedgerToBalance(
  server: E2eServer,
  budget: string,
  delegations: readonly Delegation[],
): Promise<void> {
  const costs = delegations.flatMap(({ attempts }) => attempts.map(({ cost_max_nanos }) => cost_max_nanos));
  expect(sum(delegations.map(({ cost_max_nanos }) => cost_max_nanos))).toBe(sum(costs));
  const standing = async () => (await server.client.call<Budget>("GET", `/v1/budgets/${budget}`)).body;
  await expect.poll(standing, { interval: 100 }).toMatchObject({ spent_nanos: sum(costs), reserved_nanos: 0 });
}

/** The attempts of each task as the list's database holds them, read from its file. */
function storedAttempts({ state }: E2eServer, delegations: readonly Delegation[]): { [column: string]: unknown }[][] {
  using database = openDatabase(state);
  const query = database.prepare("select task_id, number, status, cost_nanos from attempts where task_id = ? order by number");
  return delegations.map(({ task_id }) => query.all(task_id).map((row) => ({ ...row })));
}

/** The list's database, beside the server that may have it open as well. */
export function openDatabase(state: string): DatabaseSync {
  const files = readdirSync(join(state, "v3/d1"), { recursive: true, encoding: "utf8" });
  const [file, ...others] = files.filter((name) => name.endsWith(".sqlite") && !name.includes("metadata"));
  if (file === undefined || others.length > 0) throw new Error(`There is not exactly one database: ${files}`);
  return new DatabaseSync(join(state, "v3/d1", file), { timeout: 5_000 });
}
