import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../simulator/simulate.ts";
import { callsFor, expectBooksToBalance, expectOneAtATime } from "../support/e2e-books.ts";
import { marker } from "../support/e2e-marker.ts";
import { E2eServer } from "../support/e2e-server.ts";

let server: E2eServer;
beforeAll(async () => {
  server = await E2eServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

const CACHE = { max_age: 600 };
const SCHEMA = { type: "object", properties: { count: { type: "integer" } }, required: ["count"] };

describe("an answer that is on record", () => {
  test("stands for an equal delegation, a batch's too, after a kill -9 of the server, and is paid once", async () => {
    const prompt = marker();
    const body = { prompt: simulate({ text: "The answer.", repeat: 500 }, prompt), provider: "claude" as const };
    const first = await server.client.final((await server.client.delegate(body)).task_id);
    await expect.poll(() => server.client.list()).toMatchObject([{ status: "completed" }]);
    await server.kill();
    await server.start();
    const { status, body: cached } = await server.client.post({ ...body, cache: CACHE });
    expect([status, cached.status, cached.cached_from, cached.output]).toEqual([201, "completed", first.task_id, first.output]);
    const events = await server.client.events(cached.task_id);
    expect(events.at(-1)).toMatchObject({ type: "thread.completed", status: "completed" });
    const batch = { batch_id: "b", tasks: [body, body], defaults: { cache: CACHE } };
    await server.client.call("POST", "/v1/batches", { body: batch });
    const ofBatch = await Promise.all(["b.0", "b.1"].map((id) => server.client.final(id)));
    expect(ofBatch.map(({ cached_from, output }) => [cached_from, output])).toEqual([
      [first.task_id, first.output],
      [first.task_id, first.output],
    ]);
    expect(callsFor(server, { prompt })).toHaveLength(1);
    await expectBooksToBalance(server, [first, await server.client.get(cached.task_id), ...ofBatch]);
  });
});

describe("an answer that does not fit its schema", () => {
  test("is repaired though the server is killed with -9 in the middle of the repair", async () => {
    const prompt = marker();
    const right = { text: '{"count":1}' };
    const plan = [{ text: '{"count":"one"}' }, { ...right, headers_ms: 20_000 }, right];
    const body = { prompt: simulate(plan, prompt), provider: "gemini" as const, output_schema: SCHEMA };
    const { task_id } = await server.client.delegate(body);
    await expect.poll(() => callsFor(server, { prompt }).length).toBe(2);
    await server.kill();
    await server.start();
    const final = await server.client.final(task_id);
    expect(final).toMatchObject({ status: "completed", output_data: { count: 1 } });
    expect(final.attempts.map(({ status, repair }) => [status, repair])).toEqual([
      ["failed", undefined],
      ["interrupted", true],
      ["completed", true],
    ]);
    const calls = callsFor(server, { prompt });
    expectOneAtATime(calls);
    expect(calls[2]?.prompt).toBe(calls[1]?.prompt);
    expect(calls[2]?.prompt).toContain('{"count":"one"}');
    await expectBooksToBalance(server, [final]);
  });
});
