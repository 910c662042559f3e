import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import type { Delegation, DelegationInput } from "../../src/delegations/delegation.ts";
import type { DelegationEvent } from "../../src/delegations/events.ts";
import { callsFor, expectBooksToBalance, expectOneAtATime } from "../support/e2e-books.ts";
import { marker } from "../support/e2e-marker.ts";
import { E2eServer } from "../support/e2e-server.ts";

let server: E2eServer;
beforeAll(async () => {
  server = await E2eServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

/** What a busy machine may take; a lost alarm would come after minutes. */
const MOVES_WITHIN_MS = 45_000;
const PART = "first try, part by part; ";
const EXECUTORS: Pick<DelegationInput, "provider" | "model">[] = [
  { provider: "claude" },
  { provider: "gemini" },
  { provider: "codex" },
  { provider: "compatible", model: "local/priced" },
];

/** A task at each provider whose first answer flows for 20 s, and whose second is whole at once. */
async function midStream(): Promise<{ prompt: string; task: Delegation }[]> {
  const tasks = await Promise.all(
    EXECUTORS.map(async (executor) => {
      const prompt = marker();
      const plan = [{ text: PART, repeat: 400, delay_ms: 50 }, { text: "second try" }];
      return { prompt, task: await server.client.delegate({ ...executor, prompt: simulate(plan, prompt) }) };
    }),
  );
  for (const { task } of tasks) {
    await expect.poll(() => server.client.events(task.task_id)).toContainEqual(updated);
  }
  return tasks;
}

const updated = expect.objectContaining({ type: "item.updated" });

async function expectRecovery(tasks: { prompt: string; task: Delegation }[], readyAt: number): Promise<void> {
  const finals = await Promise.all(tasks.map(({ task }) => server.client.final(task.task_id)));
  for (const [index, final] of finals.entries()) {
    expect(final).toMatchObject({ status: "completed", output: "second try" });
    expect(final.attempts).toMatchObject([
      { status: "interrupted", error: { code: "interrupted" }, usage_final: false },
      { status: "completed", error: null, usage_final: true },
    ]);
    const calls = callsFor(server, { prompt: tasks[index]?.prompt ?? "" });
    expect(calls.map(({ ended_by }) => ended_by)).toEqual(["aborted", "answered"]);
    expectOneAtATime(calls);
    expect(calls[1]?.arrived_at).toBeLessThan(readyAt + MOVES_WITHIN_MS);
    expectPartialText(await server.client.events(final.task_id));
  }
  await expectBooksToBalance(server, finals);
}

/** What had come of the first answer is in the log, closed, and before the second turn. */
function expectPartialText(events: DelegationEvent[]): void {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const deltas = events.flatMap((event) => (event.type === "item.updated" && event.item.id === "item_1_1" ? [event.delta] : []));
  const partial = events.find((event) => event.type === "item.completed" && event.item.id === "item_1_1");
  expect(partial).toMatchObject({ item: { text: deltas.join("") } });
  expect(PART.repeat(400).startsWith(deltas.join(""))).toBe(true);
  expect(deltas.join("")).not.toBe("");
  const turns = events.filter(({ type }) => type.startsWith("turn.") || type.startsWith("thread."));
  expect(turns.map(({ type }) => type)).toEqual([
    "thread.started",
    "turn.started",
    "turn.failed",
    "turn.started",
    "turn.completed",
    "thread.completed",
  ]);
}

describe("kill -9 in mid-stream", () => {
  test("of the process a user sees: every task goes on after the next start, and its first attempt is on record", async () => {
    const tasks = await midStream();
    await server.kill();
    await expectRecovery(tasks, await server.start());
  });

  test("of workerd: the server starts it again, and every task goes on", async () => {
    const tasks = await midStream();
    await expectRecovery(tasks, await server.killRuntime());
  });

  test("of npm itself, its own child left behind: nothing runs twice, and every task goes on after the next start", async () => {
    await server.stop();
    await server.start({ npm: true });
    const tasks = await midStream();
    await server.kill();
    await expectRecovery(tasks, await server.start());
  });

  test("again and again: each kill is one attempt, and the last of max_attempts ends the task", async () => {
    const prompt = marker();
    const scenario = { text: PART, repeat: 400, delay_ms: 50 };
    const task = await server.client.delegate({ provider: "claude", max_attempts: 2, prompt: simulate(scenario, prompt) });
    for (const calls of [1, 2]) {
      await expect.poll(() => callsFor(server, { prompt }).length).toBe(calls);
      await server.killRuntime();
    }
    const final = await server.client.final(task.task_id);
    expect(final).toMatchObject({ status: "failed", output: null, error: { code: "interrupted" } });
    expect(final.attempts.map(({ status }) => status)).toEqual(["interrupted", "interrupted"]);
    expect(callsFor(server, { prompt })).toHaveLength(2);
    await expectBooksToBalance(server, [final]);
  });
});
