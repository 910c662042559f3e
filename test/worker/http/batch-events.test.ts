import { describe, expect, test } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import type { Batch } from "../../../src/batches/batch.ts";
import { BatchEvent } from "../../../src/batches/batch-event.ts";
import type { Delegation } from "../../../src/delegations/delegation.ts";
import { call, send } from "../../support/api-client.ts";
import { freshId } from "../../support/delegation-object.ts";

const sse = { accept: "text/event-stream" };

async function batchOf(tasks: unknown[], rest: object = {}): Promise<string> {
  const { status, body } = await call<Batch>("POST", "/v1/batches", { body: { tasks, ...rest } });
  expect(status).toBe(202);
  return body.batch_id;
}

const eventsIn = (text: string): BatchEvent[] =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => BatchEvent.parse(JSON.parse(data ?? "")) as BatchEvent);
const lines = (text: string) => text.split("\n").filter((line) => line !== "");

describe("GET /v1/batches/{batch_id}/events", () => {
  test("streams each result as it completes, in that order, and ends with the batch", async () => {
    const [slow, quick] = [freshId("slow"), freshId("quick")];
    const batchId = await batchOf([
      { task_id: slow, prompt: simulate({ text: "late", first_ms: 5_000 }, slow) },
      { task_id: quick, prompt: simulate({ text: "early" }, quick) },
    ]);
    const events = eventsIn(await (await send("GET", `/v1/batches/${batchId}/events`, { headers: sse })).text());
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(events.map(({ type }) => type)).toEqual([
      "task.started",
      "task.started",
      "task.completed",
      "task.completed",
      "batch.completed",
    ]);
    const ended = events.flatMap((event) => (event.type === "task.completed" ? [event] : []));
    expect(ended.map(({ task_id }) => task_id)).toEqual([quick, slow]);
    expect(ended[0]?.delegation).toMatchObject({ task_id: quick, output: "early", batch_id: batchId, output_truncated: false });
    expect(ended[0]?.delegation).not.toHaveProperty("prompt");
    expect(events.at(-1)).toMatchObject({ type: "batch.completed", status: "completed", counts: { total: 2, completed: 2 } });
  });

  test("goes on after Last-Event-ID, and answers 204 after the end", async () => {
    const batchId = await batchOf([{ prompt: simulate({ text: "x" }, freshId()) }]);
    await call("GET", `/v1/batches/${batchId}?wait=20`);
    const readAfter = (seq: number) =>
      send("GET", `/v1/batches/${batchId}/events`, { headers: { ...sse, "last-event-id": String(seq) } });
    expect(eventsIn(await (await readAfter(1)).text()).map(({ seq }) => seq)).toEqual([2, 3]);
    expect((await readAfter(3)).status).toBe(204);
  });

  test("gives what there is as JSON and as NDJSON", async () => {
    const batchId = await batchOf([{ prompt: simulate({ text: "x" }, freshId()) }]);
    await call("GET", `/v1/batches/${batchId}?wait=20`);
    const { body } = await call<{ data: BatchEvent[] }>("GET", `/v1/batches/${batchId}/events?after=1`);
    expect(body.data.map(({ seq }) => seq)).toEqual([2, 3]);
    const ndjson = await send("GET", `/v1/batches/${batchId}/events`, { headers: { accept: "application/x-ndjson" } });
    expect(lines(await ndjson.text())).toHaveLength(3);
    expect((await call("GET", "/v1/batches/nobody/events")).status).toBe(404);
  });

  test("has no text of a delegation that was deleted", async () => {
    const secret = freshId("secret");
    const batchId = await batchOf([{ prompt: simulate({ text: secret }, freshId()) }]);
    await call("GET", `/v1/batches/${batchId}?wait=20`);
    await call("DELETE", `/v1/delegations/${batchId}.0`);
    const texts = async () => {
      const paths = ["", "/events", "/results"].map((part) => send("GET", `/v1/batches/${batchId}${part}`));
      return (await Promise.all((await Promise.all(paths)).map((response) => response.text()))).join("\n");
    };
    await expect.poll(texts).not.toContain(secret);
    const { body } = await call<Batch>("GET", `/v1/batches/${batchId}`);
    expect(body.results[`${batchId}.0`]).toMatchObject({ status: "completed", output: null });
    expect(body.cost_nanos).toBeGreaterThan(0);
  });
});

describe("GET /v1/batches/{batch_id}/results", () => {
  test("streams the complete delegations in the order of the tasks, nothing cut", async () => {
    const long = "word ".repeat(20_000);
    const tasks = Array.from({ length: 20 }, (_, index) => ({
      prompt: simulate(index === 3 ? { status: 400 } : { text: index === 5 ? long : `answer ${index}` }, freshId()),
    }));
    const batchId = await batchOf(tasks);
    const done = (await call<Batch>("GET", `/v1/batches/${batchId}?wait=20`)).body;
    expect(done.results[`${batchId}.5`]).toMatchObject({ output: long.slice(0, 16_384), output_truncated: true });
    const text = await (await send("GET", `/v1/batches/${batchId}/results`)).text();
    const delegations = lines(text).map((line) => JSON.parse(line) as Delegation);
    expect(delegations.map(({ task_id }) => task_id)).toEqual(tasks.map((_, index) => `${batchId}.${index}`));
    expect(delegations[5]).toMatchObject({ status: "completed", output: long, prompt: tasks[5]?.prompt });
    expect(delegations[3]).toMatchObject({ status: "failed", error: { code: "provider_invalid_request" } });
  });

  test("has those that wait as they are, and is 404 for an unknown batch", async () => {
    const slow = simulate({ text: "slow", first_ms: 60_000 }, freshId());
    const batchId = await batchOf([{ prompt: slow }, { prompt: simulate({ text: "x" }, freshId()) }], { max_concurrency: 1 });
    const text = await (await send("GET", `/v1/batches/${batchId}/results`)).text();
    expect(lines(text).map((line) => (JSON.parse(line) as Delegation).status)).toContain("pending");
    await call("POST", `/v1/batches/${batchId}/cancel`);
    expect((await call("GET", "/v1/batches/nobody/results")).status).toBe(404);
  });
});
