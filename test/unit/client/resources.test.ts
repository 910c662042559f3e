import { describe, expect, test } from "vitest";
import { jsonReply } from "../../support/wire-server.ts";
import { delegation, fakeApi, refusal } from "./fake-api.ts";

describe("delegateWithId", () => {
  test("takes three words or an object, and gives the id", async () => {
    const { server, client } = await fakeApi({ "POST /v1/delegations": () => jsonReply(202, delegation("t")) });
    await using _ = server;
    const { delegateWithId } = client;
    expect(await delegateWithId("p", "coder", "t")).toBe("t");
    expect(await delegateWithId({ prompt: "p", agent: "coder", taskId: "t", maxCost: 1 })).toBe("t");
    expect(server.requests.map(({ body }) => body)).toEqual([
      { prompt: "p", agent: "coder", task_id: "t" },
      { prompt: "p", agent: "coder", task_id: "t", max_cost: 1 },
    ]);
  });

  test("a signal may come with either", async () => {
    const { server, client } = await fakeApi({});
    await using _ = server;
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(client.delegateWithId("p", "coder", "t", { signal })).rejects.toThrow("enough");
    await expect(client.delegateWithId({ prompt: "p", taskId: "t" }, { signal })).rejects.toThrow("enough");
    expect(server.requests).toEqual([]);
  });
});

describe("taskDelegations.create", () => {
  test("sends what a delegation has by the API's names, and the rest as it is", async () => {
    const { server, client } = await fakeApi({ "POST /v1/records": () => jsonReply(201, delegation("t")) });
    await using _ = server;
    const extras = { feedback_iteration: 0, sprintNumber: 12, deep: { keepMe: 1 } };
    const record = await client.taskDelegations.create({ taskId: "t", tokensUsed: 5, usage: { inputTokens: 2 }, ...extras });
    expect(record.taskId).toBe("t");
    expect(server.request.body).toEqual({ task_id: "t", tokens_used: 5, usage: { input_tokens: 2 }, ...extras });
  });
});

describe("get of a resource", () => {
  test.each([
    ["agents", "agents"],
    ["flows", "flows"],
    ["batches", "batches"],
    ["budgets", "budgets"],
    ["keys", "keys"],
    ["workspaces", "workspaces"],
    ["webhooks", "webhooks"],
  ] as const)("of %s is null for what there is not, and throws any other refusal", async (resource, path) => {
    const { server, client } = await fakeApi({ [`GET /v1/${path}/not%20mine`]: () => refusal(403, "forbidden", "No.") });
    await using _ = server;
    expect(await client[resource].get("absent")).toBeNull();
    await expect(client[resource].get("not mine")).rejects.toMatchObject({ code: "forbidden", status: 403 });
  });
});

describe("what has an id in its path", () => {
  test("asks for nothing else, whatever the id", async () => {
    const { server, client } = await fakeApi({});
    await using _ = server;
    for (const id of [".", "..", "", "../keys", "\ud800"]) await client.webhooks.rotateSecret(id).catch(() => undefined);
    const asked = ["-", "-", "-", "..%2Fkeys", "%EF%BF%BD"].map((id) => `/v1/webhooks/${id}/rotate-secret`);
    expect(server.requests.map(({ url }) => url)).toEqual(asked);
  });
});

describe("flow", () => {
  test("starts a flow and gives its end, whatever that is; a model may be as it was selected", async () => {
    const statuses = ["in-progress", "failed"];
    const { server, client } = await fakeApi({
      "POST /v1/flows": () => jsonReply(202, { flow_id: "f", status: "in-progress" }),
      "GET /v1/flows/f": () => jsonReply(200, { flow_id: "f", status: statuses.shift(), output_data: { members_saved: 1 } }),
    });
    await using _ = server;
    const model = { model: "gpt-6.2-sol" };
    const flow = await client.flow({ pattern: "improve", prompt: "p", stopWhenApproved: true, author: { model } });
    expect(flow).toEqual({ flowId: "f", status: "failed", outputData: { members_saved: 1 } });
    expect(server.requests[0]?.body).toEqual({
      pattern: "improve",
      prompt: "p",
      stop_when_approved: true,
      author: { model: "gpt-6.2-sol" },
    });
    expect(server.requests.map(({ url }) => url)).toEqual(["/v1/flows", "/v1/flows/f?wait=55", "/v1/flows/f?wait=55"]);
  });
});

describe("lists in pages", () => {
  test("ask for the next page when it is wanted, with the same filter", async () => {
    const { server, client } = await fakeApi({
      "GET /v1/batches": ({ url }) => {
        const isLast = url.includes("cursor=next");
        return jsonReply(200, { data: [{ batch_id: isLast ? "b" : "a" }], next_cursor: isLast ? null : "next" });
      },
    });
    await using _ = server;
    const seen: string[] = [];
    for await (const { batchId } of client.batches.list({ createdAfter: "2026-11-22T00:00:00Z" })) {
      seen.push(batchId);
      expect(server.requests).toHaveLength(seen.length);
    }
    expect(seen).toEqual(["a", "b"]);
    expect(server.requests[1]?.url).toBe("/v1/batches?created_after=2026-11-22T00%3A00%3A00Z&limit=200&cursor=next");
  });

  test("a signal ends them between two entries of a page", async () => {
    const page = jsonReply(200, { data: [{ flow_id: "a" }, { flow_id: "b" }], next_cursor: null });
    const { server, client } = await fakeApi({ "GET /v1/flows": () => page });
    await using _ = server;
    const controller = new AbortController();
    const rows = client.flows.list({}, { signal: controller.signal });
    expect((await rows.next()).value).toEqual({ flowId: "a" });
    controller.abort(new Error("enough"));
    await expect(rows.next()).rejects.toThrow("enough");
  });
});

describe("batches.results", () => {
  const lines = (...rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`);
  const absent = { task_id: "b", error: { code: "gone", message: "Deleted." } };

  test("gives each delegation in the client's names, and what has none with its error", async () => {
    const { server, client } = await fakeApi({ "GET /v1/batches/x/results": () => ({ writes: lines(delegation("a"), absent) }) });
    await using _ = server;
    const found: unknown[] = [];
    for await (const result of client.batches.results("x")) found.push(result);
    expect(found).toEqual([
      expect.objectContaining({ taskId: "a", result: "output of a" }),
      { taskId: "b", error: { code: "gone", message: "Deleted." } },
    ]);
  });

  test("that are cut throw, after what had come", async () => {
    const [line = ""] = lines(delegation("a"));
    const { server, client } = await fakeApi({
      "GET /v1/batches/x/results": () => ({ writes: [line, line.slice(0, 20)], end: "drop" }),
    });
    await using _ = server;
    const results = client.batches.results("x");
    expect((await results.next()).value).toMatchObject({ taskId: "a" });
    await expect(results.next()).rejects.toMatchObject({ name: "DeputeError", code: "unreachable" });
  });
});

describe("score and tree", () => {
  test("are calls of their own", async () => {
    const tree = { root_task_id: "t", truncated: false, data: [{ task_id: "t", depth: 0, prompt_preview: "p" }] };
    const { server, client } = await fakeApi({
      "POST /v1/delegations/t/score": () => jsonReply(200, delegation("t", { score: 0.5, score_comment: "So so." })),
      "GET /v1/delegations/t/tree": () => jsonReply(200, tree),
    });
    await using _ = server;
    expect(await client.score("t", 0.5, "So so.")).toMatchObject({ score: 0.5, scoreComment: "So so." });
    expect(server.request.body).toEqual({ score: 0.5, comment: "So so." });
    expect(await client.tree("t")).toEqual({
      rootTaskId: "t",
      truncated: false,
      data: [{ taskId: "t", depth: 0, promptPreview: "p" }],
    });
  });
});
