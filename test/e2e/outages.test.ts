import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import type { Batch } from "../../src/batches/batch.ts";
import type { Delegation } from "../../src/delegations/delegation.ts";
import { callsFor, expectBooksToBalance } from "../support/e2e-books.ts";
import { marker } from "../support/e2e-marker.ts";
import { E2eServer } from "../support/e2e-server.ts";

const OUTAGE_MS = 5_000;
/** Of a thousand: a circuit that a busy machine does not hear from within a second holds nobody up. */
const FEW = 100;

let server: E2eServer;
beforeAll(async () => {
  server = await E2eServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Runs a batch of `count` tasks to its end, and gives all of it, complete. */
async function run(count: number, word: string, defaults: object, rest: object = {}): Promise<Delegation[]> {
  const tasks = Array.from({ length: count }, (_, index) => ({
    prompt: simulate({ text: `answer ${index}` }, `${word} ${index};`),
  }));
  const { status, body } = await server.client.call<Batch>("POST", "/v1/batches", { body: { tasks, defaults, ...rest } });
  expect(status, JSON.stringify(body)).toBe(202);
  const path = `/v1/batches/${body.batch_id}`;
  const isOver = async () => (await server.client.call<Batch>("GET", `${path}?wait=50`)).body.status === "completed";
  while (!(await isOver())) {}
  const { body: lines } = await server.client.call<string>("GET", `${path}/results`);
  return lines
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Delegation);
}

describe("a vendor that refuses everything for five seconds", () => {
  test("loses none of a batch of 1,000: few that were refused find out that it still refuses, and all are done", async () => {
    const word = marker();
    server.simulator.refuse({ vendor: "anthropic", status: 429, ms: OUTAGE_MS });
    const delegations = await run(1_000, word, { provider: "claude" });
    const calls = callsFor(server, { prompt: word });
    const during = calls.filter(({ status }) => status === 429);
    // How many are on their way when the first is refused, the machine decides; of those few are refused again.
    const again = during.length - new Set(during.map(({ prompt }) => prompt)).size;
    expect(delegations.map(({ output }) => output)).toEqual(delegations.map((_, index) => `answer ${index}`));
    expect(calls.filter(({ status }) => status === 200)).toHaveLength(1_000);
    expect(again).toBeLessThan(FEW);
    await expectBooksToBalance(server, delegations);
  }, 900_000);
});

describe("a vendor that is down", () => {
  test("is gone around by tasks that have a fallback: five find out, the others are not sent there, and all complete", async () => {
    const word = marker();
    server.simulator.reset();
    server.simulator.refuse({ vendor: "google", status: 500, ms: 600_000 });
    const defaults = { provider: "gemini", fallbacks: [{ provider: "codex" }], max_attempts: 1 };
    const first = await run(20, word, defaults);
    const second = await run(100, `${word} again`, defaults, { max_concurrency: 20 });
    for (const { status, provider, error } of [...first, ...second])
      expect([status, provider, error]).toEqual(["completed", "codex", null]);
    const passedOver = second.filter(({ warnings }) => warnings.some(({ code }) => code === "circuit_open"));
    expect(passedOver.length).toBeGreaterThan(90);
    for (const { attempts } of passedOver) expect(attempts).toMatchObject([{ number: 1, provider: "codex" }]);
    const { body } = await server.client.call<{ data: { provider: string; circuits: object[] }[] }>("GET", "/v1/providers");
    const circuits = body.data.find(({ provider }) => provider === "gemini")?.circuits;
    expect(circuits).toMatchObject([
      { state: expect.stringMatching(/^(half_)?open$/), last_fault: { code: "provider_upstream" } },
    ]);
  });
});
