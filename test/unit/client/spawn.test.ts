import { describe, expect, test } from "vitest";
import { HeadlessSpawner } from "../../../src/client/index.ts";
import { jsonReply } from "../../support/wire-server.ts";
import { delegation, ended, fakeApi, refusal } from "./fake-api.ts";

const CREATE = "POST /v1/delegations";
const READ = "GET /v1/delegations/t";
const EVENTS = "GET /v1/delegations/t/events";

/** The task `t`, which ends with these fields. */
const task = (fields = {}) =>
  fakeApi({
    [CREATE]: () => jsonReply(202, delegation("t", { status: "pending", output: null })),
    [EVENTS]: ended,
    [READ]: () => jsonReply(200, delegation("t", fields)),
  });

describe("spawn", () => {
  test("delegates, follows and gives the whole result; events are seen as they come", async () => {
    const { server, client } = await task({ output_data: { a_b: 1 }, cost: null });
    await using _ = server;
    const seen: string[] = [];
    const result = await client.spawn({ prompt: "p", maxThinkingBudget: 1, onEvent: ({ type }) => seen.push(type) });
    expect(server.requests[0]?.body).toEqual({ prompt: "p", max_thinking_budget: 1 });
    expect(seen).toEqual(["thread.started", "item.completed", "thread.completed"]);
    expect(result).toMatchObject({
      success: true,
      response: "output of t",
      data: { a_b: 1 },
      tokensUsed: 5,
      cost: null,
      error: null,
      errorCode: null,
      taskId: "t",
      model: "m",
      delegation: { taskId: "t", result: "output of t" },
    });
    expect(result.rawOutput.map(({ type }) => type)).toEqual(seen);
  });

  test.each([
    [{ status: "failed", output: null, error: { code: "timeout", message: "Too slow." } }, "timeout", "Too slow."],
    [{ status: "cancelled", output: null }, "cancelled", "It is cancelled."],
  ])("a task that ended otherwise is no success and says why", async (fields, errorCode, error) => {
    const { server, client } = await task(fields);
    await using _ = server;
    expect(await client.spawn({ prompt: "p" })).toMatchObject({ success: false, response: "", errorCode, error });
  });

  test("a refusal is a result, and so is a server that is gone", async () => {
    const { server, client } = await fakeApi({ [CREATE]: () => refusal(400, "provider_not_configured", "No key.") });
    const refused = await client.spawn({ prompt: "p" });
    expect(refused).toMatchObject({ success: false, errorCode: "provider_not_configured", error: "No key.", delegation: null });
    expect(refused.taskId).toBeNull();
    await server[Symbol.asyncDispose]();
    expect(await client.spawn({ prompt: "p", taskId: "mine" })).toMatchObject({ errorCode: "unreachable", taskId: "mine" });
  });

  test("a signal ends the waiting by its reason", async () => {
    const { server, client } = await fakeApi({
      [CREATE]: () => jsonReply(202, delegation("t")),
      [EVENTS]: () => ({ end: "hang" }),
    });
    await using _ = server;
    const controller = new AbortController();
    const reason = new Error("enough");
    const spawned = client.spawn({ prompt: "p", signal: controller.signal });
    await expect.poll(() => server.requests.length).toBe(2);
    controller.abort(reason);
    await expect(spawned).rejects.toBe(reason);
  });
});

describe("HeadlessSpawner", () => {
  test("has a method for each vendor, which names it and passes on everything else", async () => {
    const { server, client } = await task();
    await using _ = server;
    const spawner = new HeadlessSpawner(client);
    await spawner.spawnClaude({ prompt: "a", approval: "auto", maxThinkingBudget: 10_000 });
    await spawner.spawnGemini({ prompt: "b", temperature: 0.7 });
    await spawner.spawnCodex({ prompt: "c", sandbox: "workspace-write", fullAuto: false });
    await spawner.spawnCopilot({ prompt: "d", repository: { owner: "o", name: "n", baseRef: "main" } });
    expect(server.requests.flatMap(({ method, body }) => (method === "POST" ? [body] : []))).toEqual([
      { provider: "claude", prompt: "a", approval: "auto", max_thinking_budget: 10_000 },
      { provider: "gemini", prompt: "b", temperature: 0.7 },
      { provider: "codex", prompt: "c", sandbox: "workspace-write", full_auto: false },
      { provider: "copilot", prompt: "d", repository: { owner: "o", name: "n", base_ref: "main" } },
    ]);
  });
});
