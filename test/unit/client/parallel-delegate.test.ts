import { describe, expect, test } from "vitest";
import { jsonReply, type WireReply, type WireRequest } from "../../support/wire-server.ts";
import { delegation, fakeApi, refusal } from "./fake-api.ts";

type Ending = { fields?: object; reply?: WireReply };

/** Tasks by id: how each ends, or how it is refused. */
function tasks(endings: { [taskId: string]: Ending }) {
  const taskOf = (request: WireRequest) => (request.body as { task_id?: string }).task_id ?? "generated";
  const reads = Object.entries(endings).map(([taskId, { fields }]) => [
    `GET /v1/delegations/${taskId}`,
    () => jsonReply(200, delegation(taskId, { ...fields })),
  ]);
  return fakeApi({
    "POST /v1/delegations": (request) => endings[taskOf(request)]?.reply ?? jsonReply(202, delegation(taskOf(request))),
    ...Object.fromEntries(reads),
  });
}

describe("parallelDelegate", () => {
  test("awaited it is a map of every result in the order of the tasks; a failed or refused one harms no other", async () => {
    const { server, client } = await tasks({
      a: {},
      b: { fields: { status: "failed", output: null, error: { code: "timeout", message: "Too slow." } } },
      c: { reply: refusal(409, "conflict", "Taken.") },
      generated: {},
    });
    await using _ = server;
    const ids = ["a", "b", "c", undefined];
    const results = await client.parallelDelegate(ids.map((taskId) => ({ prompt: "p", taskId })));
    expect([...results].map(([taskId, { status, output }]) => [taskId, status, output])).toEqual([
      ["a", "completed", "output of a"],
      ["b", "failed", null],
      ["c", "failed", null],
      ["generated", "completed", "output of generated"],
    ]);
    expect(results.get("b")).toMatchObject({ error: { code: "timeout" }, delegation: { taskId: "b" } });
    expect(results.get("c")).toMatchObject({ error: { code: "conflict", message: "Taken." }, delegation: null });
  });

  test("iterated it gives each result once, the refused ones before those that take longer", async () => {
    const { server, client } = await tasks({ a: {}, b: { reply: refusal(400, "invalid_request", "No.") }, c: {} });
    await using _ = server;
    const seen: string[] = [];
    for await (const [taskId] of client.parallelDelegate(["a", "b", "c"].map((taskId) => ({ prompt: "p", taskId })))) {
      seen.push(taskId);
    }
    expect(seen.toSorted()).toEqual(["a", "b", "c"]);
  });

  test("the same id twice is refused before anything is sent", async () => {
    const { server, client } = await tasks({ a: {} });
    await using _ = server;
    const twice = [
      { prompt: "p", taskId: "a" },
      { prompt: "q", taskId: "a" },
    ];
    await expect(client.parallelDelegate(twice)).rejects.toMatchObject({ code: "invalid_request" });
    expect(server.requests).toEqual([]);
  });

  test("a server that is gone rejects it", async () => {
    const { server, client } = await tasks({});
    await server[Symbol.asyncDispose]();
    const tasksOfNobody = [{ prompt: "p" }, { prompt: "q" }];
    await expect(client.parallelDelegate(tasksOfNobody)).rejects.toMatchObject({ code: "unreachable" });
    const iterator = client.parallelDelegate(tasksOfNobody)[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toMatchObject({ code: "unreachable" });
  });
});
