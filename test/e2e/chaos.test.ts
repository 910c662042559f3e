import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Scenario } from "../../simulator/scenario.ts";
import { simulate } from "../../simulator/simulate.ts";
import type { Delegation, DelegationInput } from "../../src/delegations/delegation.ts";
import { callsFor, expectBooksToBalance, expectLedgerToBalance, expectOneAtATime } from "../support/e2e-books.ts";
import { expectWholeLog } from "../support/e2e-log.ts";
import { marker } from "../support/e2e-marker.ts";
import { E2eServer } from "../support/e2e-server.ts";
import { seededRandom } from "../support/seeded-random.ts";

const SEED = Number(process.env.CHAOS_SEED ?? 20_261_122);
const TASKS = 20;
const KILLS = 7;
/** Kills come so soon after the server answers again, or later by up to as much. */
const CALM_MS = 700;
const ANSWER = "What the last attempt says, in a few more words than one delta holds.";

let server: E2eServer;
beforeAll(async () => {
  server = await E2eServer.start();
  const body = { scope: "workspace", period: "total", limit: 1_000 };
  expect((await server.client.call("PUT", "/v1/budgets/all", { body })).status).toBe(200);
});
afterAll(() => server[Symbol.asyncDispose]());

const random = seededRandom(SEED);
const between = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
function oneOf<T>(list: readonly [T, ...T[]]): T {
  return list[between(0, list.length - 1)] ?? list[0];
}

/** What a vendor may do before it answers. */
function mishap(): Scenario {
  return oneOf<Scenario>([
    { status: 429, retry_after: between(0, 1) },
    { status: 503 },
    { text: ANSWER, fault: { kind: "drop", after: 1 } },
    { text: ANSWER, fault: { kind: "close", after: 2 } },
    { text: ANSWER, headers_ms: between(0, 300), delay_ms: between(10, 400) },
  ]);
}

function randomInput(prompt: string): DelegationInput & { task_id: string } {
  const mishaps = Array.from({ length: between(0, 2) }, mishap);
  const plan = [...mishaps, { text: ANSWER, reasoning: "hm", first_ms: between(0, 200), delay_ms: between(0, 300) }];
  const executor = oneOf<Pick<DelegationInput, "provider" | "model">>([
    { provider: "claude" },
    { provider: "gemini" },
    { provider: "codex" },
    { provider: "compatible", model: "local/priced" },
  ]);
  return { ...executor, prompt: simulate(plan, prompt), task_id: `chaos-${prompt}`, max_attempts: 10, deadline: 120 };
}

/** Posts until it is accepted, as a client does whose server comes and goes. */
async function persist(input: DelegationInput): Promise<void> {
  for (;;) {
    const answer = await server.client.post(input).catch(() => undefined);
    if (answer !== undefined) {
      expect([200, 202]).toContain(answer.status);
      return;
    }
    await sleep(20);
  }
}

async function persistentFinal(taskId: string): Promise<Delegation> {
  for (const giveUpAt = Date.now() + 60_000; ; ) {
    try {
      return await server.client.final(taskId);
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await sleep(20);
    }
  }
}

async function killAgainAndAgain(): Promise<void> {
  for (let kill = 0; kill < KILLS; kill += 1) {
    await sleep(between(0, 1) * CALM_MS + between(0, CALM_MS));
    if (kill % 3 === 2) {
      await server.kill();
      await server.start();
    } else await server.killRuntime();
  }
}

describe(`chaos (seed ${SEED})`, () => {
  test("whenever it is killed, every accepted task ends, none runs twice at once, and the books add up", async () => {
    const inputs = Array.from({ length: TASKS }, () => randomInput(marker()));
    const cancelled = new Set(inputs.filter(() => random() < 0.15).map(({ task_id }) => task_id));
    const posted = inputs.map(async (input) => {
      await sleep(between(0, 4_000));
      await persist(input);
      if (cancelled.has(input.task_id)) await server.client.act(input.task_id, "cancel").catch(() => undefined);
    });
    await Promise.all([killAgainAndAgain(), ...posted]);
    const finals = await Promise.all(inputs.map(({ task_id }) => persistentFinal(task_id)));
    for (const [index, final] of finals.entries()) {
      if (!cancelled.has(final.task_id)) expect(final).toMatchObject({ status: "completed", output: ANSWER });
      expect(["completed", "cancelled"]).toContain(final.status);
      const calls = callsFor(server, { prompt: inputs[index]?.task_id.replace("chaos-", "") ?? "" });
      expectOneAtATime(calls);
      const neverSent = final.attempts.length - calls.length;
      expect(neverSent).toBeGreaterThanOrEqual(0);
      expect(neverSent).toBeLessThanOrEqual(final.attempts.filter(({ status }) => status !== "completed").length);
      expectWholeLog(await server.client.events(final.task_id), final);
    }
    await expectBooksToBalance(server, finals);
    await expectLedgerToBalance(server, "all", finals);
  });
});
