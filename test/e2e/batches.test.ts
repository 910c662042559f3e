import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import type { Batch } from "../../src/batches/batch.ts";
import type { Delegation } from "../../src/delegations/delegation.ts";
import { callsFor, expectBooksToBalance } from "../support/e2e-books.ts";
import { marker } from "../support/e2e-marker.ts";
import { E2eServer } from "../support/e2e-server.ts";

let server: E2eServer;
beforeAll(async () => {
  server = await E2eServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

const isFailing = (index: number): boolean => index % 20 === 3;

/** Posts a batch of tasks that take so long each, every twentieth refused by its vendor. */
async function post(count: number, word: string, ms: number, rest: object = {}): Promise<string> {
  const tasks = Array.from({ length: count }, (_, index) => ({
    prompt: simulate(
      isFailing(index) ? { status: 400, headers_ms: ms } : { text: `answer ${index}`, first_ms: ms },
      `${word} ${index};`,
    ),
  }));
  const { status, body } = await server.client.call<Batch>("POST", "/v1/batches", {
    body: { tasks, defaults: { provider: "claude" }, ...rest },
  });
  expect(status, JSON.stringify(body)).toBe(202);
  return body.batch_id;
}

async function final(batchId: string): Promise<Batch> {
  for (let round = 0; round < 3; round += 1) {
    const { body } = await server.client.call<Batch>("GET", `/v1/batches/${batchId}?wait=50`);
    if (body.status !== "in-progress") return body;
  }
  throw new Error(`The batch ${batchId} did not end`);
}

async function complete(batchId: string): Promise<Delegation[]> {
  const { body } = await server.client.call<string>("GET", `/v1/batches/${batchId}/results`);
  return body
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Delegation);
}

describe("a batch", () => {
  test("of 200 slow tasks has 150 at the vendor at once, and 10 that fail leave 190 results and 10 errors", async () => {
    const word = marker();
    server.simulator.reset();
    const batchId = await post(200, word, 15_000);
    const done = await final(batchId);
    expect(server.simulator.maxInFlight()).toBeGreaterThanOrEqual(150);
    expect(done).toMatchObject({ status: "completed", counts: { total: 200, completed: 190, failed: 10 } });
    const results = Object.values(done.results);
    expect(results.filter(({ output }) => output !== null)).toHaveLength(190);
    expect(results.filter(({ error }) => error?.code === "provider_invalid_request")).toHaveLength(10);
    const delegations = await complete(batchId);
    expect(delegations.map(({ output }) => output)).toEqual(
      delegations.map((_, index) => (isFailing(index) ? null : `answer ${index}`)),
    );
    expect(callsFor(server, { prompt: word })).toHaveLength(200);
    await expectBooksToBalance(server, delegations);
  });

  test("killed in the middle goes on after the restart: every task ends once, and what had ended is not run again", async () => {
    const word = marker();
    const batchId = await post(40, word, 2_000, { max_concurrency: 10 });
    const completed = async () => {
      const { body } = await server.client.call<Batch>("GET", `/v1/batches/${batchId}`);
      return Object.entries(body.results).flatMap(([taskId, { status }]) => (status === "completed" ? [taskId] : []));
    };
    await expect.poll(async () => (await completed()).length, { interval: 50 }).toBeGreaterThanOrEqual(5);
    const before = await completed();
    await server.kill();
    await server.start();
    const done = await final(batchId);
    expect(done).toMatchObject({ status: "completed", counts: { total: 40, completed: 38, failed: 2 } });
    const delegations = await complete(batchId);
    for (const [index, { task_id, attempts }] of delegations.entries()) {
      const calls = callsFor(server, { prompt: `${word} ${index};` });
      expect(calls.length).toBeLessThanOrEqual(attempts.length);
      expect(calls.filter(({ ended_by }) => ended_by === "answered")).toHaveLength(1);
      if (before.includes(task_id)) expect(attempts).toHaveLength(1);
    }
    await expectBooksToBalance(server, delegations);
  });
});
