import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Scenario } from "../../simulator/scenario.ts";
import { simulate } from "../../simulator/simulate.ts";
import type { Budget } from "../../src/budgets/budget.ts";
import { callsFor, expectBooksToBalance } from "../support/e2e-books.ts";
import { marker } from "../support/e2e-marker.ts";
import { E2eServer } from "../support/e2e-server.ts";

const DOLLAR_NANOS = 1_000_000_000;
const TASKS = 1_000;
/** Later waves are of so many: most of them find no room. */
const WAVE = 150;
/** Of $1 and $2 for a million tokens in and out: an answer costs less than half of what is held for it. */
const PRICED = { provider: "compatible", model: "local/priced", max_output_tokens: 4_000 } as const;
const USED: Scenario = { text: "done", usage: { input_tokens: 500, output_tokens: 2_000 } };

let server: E2eServer;
beforeAll(async () => {
  server = await E2eServer.start({ RATE_LIMIT_PER_MINUTE: "0" });
});
afterAll(() => server[Symbol.asyncDispose]());

async function budget(name: string): Promise<Budget> {
  const { status, body } = await server.client.call<Budget>("GET", `/v1/budgets/${name}`);
  expect(status).toBe(200);
  return body;
}

const putBudget = (name: string, body: object) => server.client.call<Budget>("PUT", `/v1/budgets/${name}`, { body });
const settled = (name: string) => expect.poll(async () => (await budget(name)).reserved_nanos).toBe(0);

type Task = { task_id: string; prompt: string; agent?: string };

/** Posts them all at once; tells which were accepted. Anything else must be refused for the budget. */
async function wave(tasks: readonly Task[]): Promise<{ accepted: Task[]; refused: Task[] }> {
  const answers = await Promise.all(tasks.map((task) => server.client.post({ ...PRICED, ...task })));
  for (const { status } of answers) expect([202, 402]).toContain(status);
  const isIn = (index: number) => answers[index]?.status === 202;
  return { accepted: tasks.filter((_, index) => isIn(index)), refused: tasks.filter((_, index) => !isIn(index)) };
}

/** Tasks of one size, each with a word of its own in its prompt. */
function tasksOf(name: string, count: number, scenario: Scenario, fields: Partial<Task> = {}): (Task & { word: string })[] {
  const run = marker();
  return Array.from({ length: count }, (_, index) => {
    const word = `${run}-${String(index).padStart(4, "0")};`;
    return { task_id: `${name}-${index}`, prompt: simulate(scenario, word), word, ...fields };
  });
}

const bare = ({ task_id, prompt, agent }: Task): Task => ({ task_id, prompt, ...(agent !== undefined && { agent }) });

describe("a budget of one dollar", () => {
  test("is spent by a thousand delegations at once until not one more fits, and never by a nano-dollar more", async () => {
    await putBudget("dollar", { scope: "workspace", period: "total", limit: 1 });
    const tasks = tasksOf("many", TASKS, { ...USED, headers_ms: 1_000 });
    const [probe = { task_id: "", prompt: "", word: "" }, ...others] = tasks;
    await wave([bare(probe)]);
    const { reserved_nanos: bound } = await budget("dollar");
    expect(bound).toBeGreaterThan(9_000_000);

    const first = await wave(others.map(bare));
    expect(first.accepted.length + 1).toBeGreaterThanOrEqual(Math.floor(DOLLAR_NANOS / bound));
    let accepted = [bare(probe), ...first.accepted];
    let waiting = first.refused;
    for (let left = bound; left >= bound; ) {
      await settled("dollar");
      const again = await wave(waiting.slice(0, WAVE));
      accepted = [...accepted, ...again.accepted];
      waiting = [...again.refused, ...waiting.slice(WAVE)];
      await settled("dollar");
      left = (await budget("dollar")).remaining_nanos;
    }
    expect(waiting.length).toBeGreaterThan(0);

    const finals = await Promise.all(accepted.map(({ task_id }) => server.client.final(task_id)));
    const cost = finals.reduce((sum, { cost_nanos }) => sum + (cost_nanos ?? 0), 0);
    const booked = await budget("dollar");
    expect(finals.every(({ status }) => status === "completed")).toBe(true);
    expect(booked).toMatchObject({ spent_nanos: cost, reserved_nanos: 0, exceeded_at: expect.any(String) });
    expect(cost).toBeLessThanOrEqual(DOLLAR_NANOS);
    expect(DOLLAR_NANOS - cost).toBeLessThan(bound);
    const calls = new Map(tasks.map(({ task_id, word }) => [task_id, callsFor(server, { prompt: word }).length]));
    expect(accepted.map(({ task_id }) => calls.get(task_id))).toEqual(accepted.map(() => 1));
    expect(waiting.map(({ task_id }) => calls.get(task_id))).toEqual(waiting.map(() => 0));
    await expectBooksToBalance(server, finals);
    expect((await server.client.call("DELETE", "/v1/budgets/dollar")).status).toBe(204);
  });

  test("is whole again when what failed cost nothing", async () => {
    await putBudget("whole", { scope: "agent", subject: "tester", period: "total", limit: 1 });
    const failing = tasksOf("fails", 100, { status: 400 }, { agent: "tester" }).map(bare);
    const first = await wave(failing);
    expect(first.accepted.length).toBeGreaterThan(0);
    const finals = await Promise.all(first.accepted.map(({ task_id }) => server.client.final(task_id)));
    expect(finals.every(({ status }) => status === "failed")).toBe(true);
    await settled("whole");
    expect(await budget("whole")).toMatchObject({ spent_nanos: 0, remaining_nanos: DOLLAR_NANOS });

    const slow = tasksOf("slow", 150, { ...USED, headers_ms: 600_000 }, { agent: "tester" });
    const [probe = { task_id: "", prompt: "", word: "" }, ...others] = slow;
    await wave([bare(probe)]);
    const { reserved_nanos: bound } = await budget("whole");
    const { accepted } = await wave(others.map(bare));
    const { reserved_nanos, remaining_nanos } = await budget("whole");
    expect(accepted.length + 1).toBe(Math.floor(DOLLAR_NANOS / bound));
    expect([reserved_nanos, remaining_nanos]).toEqual([bound * (accepted.length + 1), DOLLAR_NANOS - reserved_nanos]);
  });
});
