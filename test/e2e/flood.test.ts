import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import { callsFor, expectBooksToBalance } from "../support/e2e-books.ts";
import { marker } from "../support/e2e-marker.ts";
import { E2eServer } from "../support/e2e-server.ts";

const TASKS = 200;
const DUPLICATES = 50;

/** What is no delegation, each in its own way, and what it is answered with. */
const RUBBISH: readonly [body: unknown, status: number][] = [
  ["{", 400],
  ["null", 400],
  ["[]", 400],
  ["\u0000", 400],
  ["", 400],
  [{}, 400],
  [{ prompt: "" }, 400],
  [{ prompt: 7 }, 400],
  [{ prompt: "x", unknown_field: true }, 400],
  [{ prompt: "x", task_id: "../../etc" }, 400],
  [{ prompt: "x", model: "no-such-model" }, 400],
  [{ prompt: "x", provider: "nobody" }, 400],
  [{ prompt: "x", provider: "copilot", repository: { owner: "else", name: "where" } }, 403],
  [{ prompt: "x".repeat(1_000_001) }, 413],
  [`${"[".repeat(5_000)}${"]".repeat(5_000)}`, 400],
  ['{"prompt":"\\ud800"}', 400],
];

let server: E2eServer;
beforeAll(async () => {
  server = await E2eServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

describe("a flood", () => {
  test("of good, doubled and rubbish requests at once: every good one completes once, every other is told why, none fails", async () => {
    const word = marker();
    const bodies = Array.from({ length: TASKS }, (_, index) => ({
      task_id: `flood-${index}`,
      provider: "claude" as const,
      prompt: simulate({ text: `answer ${index}`, headers_ms: 200 }, `${word} ${index} of them`),
    }));
    const good = [...bodies, ...bodies.slice(0, DUPLICATES)].map((body) => server.client.post(body));
    const bad = [...RUBBISH, ...RUBBISH, ...RUBBISH].map(async ([body, expected]) => {
      const { status, body: problem } = await server.client.post(body);
      expect({ body: JSON.stringify(body).slice(0, 80), status }).toMatchObject({ status: expected });
      expect(problem).toMatchObject({ status, title: expect.any(String), detail: expect.any(String), code: expect.any(String) });
    });
    const health = Array.from({ length: 20 }, () => server.client.call("GET", "/health"));
    const statuses = (await Promise.all(good)).map(({ status }) => status);
    await Promise.all(bad);
    expect(statuses.filter((status) => status === 202)).toHaveLength(TASKS);
    expect(statuses.filter((status) => status === 200)).toHaveLength(DUPLICATES);
    for (const { status } of await Promise.all(health)) expect(status).toBe(200);
    const finals = await Promise.all(bodies.map(({ task_id }) => server.client.final(task_id)));
    expect(finals.map(({ output }) => output)).toEqual(bodies.map((_, index) => `answer ${index}`));
    expect(callsFor(server, { prompt: word })).toHaveLength(TASKS);
    await expectBooksToBalance(server, finals);
    expect((await server.client.list()).length).toBe(TASKS);
  });
});
