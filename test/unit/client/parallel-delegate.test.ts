import { describe, expect, test } from "vitest";
import { jsonReply } from "../../support/wire-server.ts";
import { delegation, fakeApi, refusal } from "./fake-api.ts";

const CREATE = "POST /v1/batches";
const EVENTS = "GET /v1/batches/b/events";

/** The batch `b` of the tasks x and y, of which y completes first. */
function batch(x: { [name: string]: unknown } = {}, routes = {}) {
  const told = [
    { type: "task.started", task_id: "x" },
    ...[delegation("y"), delegation("x", x)].map((each) => ({
      type: "task.completed",
      task_id: each.task_id,
      delegation: { output_truncated: false, ...each },
    })),
    { type: "batch.completed", status: "completed" },
  ];
  const writes = told.map((event, index) => `data: ${JSON.stringify({ seq: index + 1, ...event })}\n\n`);
  return fakeApi({
    [CREATE]: () => jsonReply(202, { batch_id: "b", results: { x: {}, y: {} } }),
    [EVENTS]: () => ({ writes }),
    ...routes,
  });
}

const TASKS = [{ prompt: "p", taskId: "x", maxAttempts: 1 }, { prompt: "q" }];

describe("parallelDelegate", () => {
  test("awaited it is a map of every result in the order of the tasks; a failed one harms no other", async () => {
    const error = { code: "timeout", message: "Too slow." };
    const { server, client } = await batch({ status: "failed", output: null, error });
    await using _ = server;
    const results = await client.parallelDelegate(TASKS, { batchId: "b", maxConcurrency: 2 });
    expect([...results].map(([taskId, { status, output }]) => [taskId, status, output])).toEqual([
      ["x", "failed", null],
      ["y", "completed", "output of y"],
    ]);
    expect(results.get("x")).toMatchObject({ error, tokensUsed: 5 });
    expect(results.get("y")).not.toHaveProperty("outputTruncated");
    expect(server.requests[0]?.body).toEqual({
      batch_id: "b",
      max_concurrency: 2,
      tasks: [{ prompt: "p", task_id: "x", max_attempts: 1 }, { prompt: "q" }],
    });
  });

  test("iterated it gives each result as it completes, and awaited too it asks for nothing twice", async () => {
    const { server, client } = await batch();
    await using _ = server;
    const running = client.parallelDelegate(TASKS);
    const seen: string[] = [];
    for await (const [taskId, { result }] of running) seen.push(`${taskId}: ${result}`);
    expect(seen).toEqual(["y: output of y", "x: output of x"]);
    expect((await running).size).toBe(2);
    expect(server.requests).toHaveLength(2);
  });

  test("an output that was cut is fetched whole", async () => {
    const whole = () => jsonReply(200, delegation("x", { output: "all of it" }));
    const { server, client } = await batch({ output: "all", output_truncated: true }, { "GET /v1/delegations/x": whole });
    await using _ = server;
    expect((await client.parallelDelegate(TASKS)).get("x")).toMatchObject({ output: "all of it", result: "all of it" });
  });

  test("no tasks are no batch", async () => {
    const { server, client } = await batch();
    await using _ = server;
    expect(await client.parallelDelegate([])).toEqual(new Map());
    for await (const result of client.parallelDelegate([])) expect(result).toBeUndefined();
    expect(server.requests).toEqual([]);
  });

  test("a batch that is refused rejects it, awaited or iterated", async () => {
    const { server, client } = await batch({}, { [CREATE]: () => refusal(400, "invalid_request", "tasks.1.model: unknown") });
    await using _ = server;
    await expect(client.parallelDelegate(TASKS)).rejects.toMatchObject({ code: "invalid_request" });
    const iterator = client.parallelDelegate(TASKS)[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toMatchObject({ code: "invalid_request" });
  });

  test("whoever iterates again, at once or later, is given everything from the beginning", async () => {
    const { server, client } = await batch();
    await using _ = server;
    const running = client.parallelDelegate(TASKS);
    const idsOf = async () => {
      const seen: string[] = [];
      for await (const [taskId] of running) seen.push(taskId);
      return seen;
    };
    expect(await Promise.all([idsOf(), idsOf()])).toEqual([
      ["y", "x"],
      ["y", "x"],
    ]);
    expect(await idsOf()).toEqual(["y", "x"]);
    expect(server.requests).toHaveLength(2);
  });

  test("neither awaited nor iterated, a refusal is nobody's unhandled rejection", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    const { server, client } = await batch({}, { [CREATE]: () => refusal(400, "invalid_request", "No.") });
    await using _ = server;
    client.parallelDelegate(TASKS);
    client.parallelDelegate(TASKS)[Symbol.asyncIterator]();
    await expect.poll(() => server.requests.length).toBe(2);
    await expect(client.parallelDelegate(TASKS)).rejects.toMatchObject({ code: "invalid_request" });
    const iterator = client.parallelDelegate(TASKS)[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toMatchObject({ code: "invalid_request" });
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });

  test("a signal ends the awaiting and the iterating with its reason", async () => {
    const { server, client } = await batch({}, { [EVENTS]: () => ({ end: "hang" as const }) });
    await using _ = server;
    const controller = new AbortController();
    const running = client.parallelDelegate(TASKS, { signal: controller.signal });
    const next = running[Symbol.asyncIterator]().next();
    await expect.poll(() => server.requests.length).toBe(2);
    controller.abort(new Error("enough"));
    await expect(next).rejects.toThrow("enough");
    await expect(running).rejects.toThrow("enough");
  });
});
