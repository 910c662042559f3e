import { describe, expect, test } from "vitest";
import { jsonReply } from "../../support/wire-server.ts";
import { delegation, fakeApi, refusal } from "./fake-api.ts";

describe("delegate", () => {
  test("sends every field by the API's name, and a selection as its vendor's id", async () => {
    const selected = { model: "gpt-6.2-sol", alias: "gpt-4-turbo", provider: "codex", task_type: "TESTING" };
    const { server, client } = await fakeApi({
      "POST /v1/models/select": () => jsonReply(200, selected),
      "POST /v1/delegations": () => jsonReply(202, delegation("t")),
    });
    await using _ = server;
    const model = await client.selectModel({ taskType: "TESTING", budgetMode: "BALANCED" });
    expect(server.request.body).toEqual({ task_type: "TESTING", budget_mode: "BALANCED" });
    expect(model).toEqual({ model: "gpt-6.2-sol", alias: "gpt-4-turbo", provider: "codex", taskType: "TESTING" });
    expect(`${model}`).toBe("gpt-4-turbo");
    const record = await client.delegate({
      prompt: "p",
      taskId: "t",
      model,
      fallbacks: [{ model: "gpt-4" }],
      properties: { myKey: 1 },
    });
    expect(record.taskId).toBe("t");
    expect(server.requests[1]?.body).toEqual({
      prompt: "p",
      task_id: "t",
      model: "gpt-6.2-sol",
      fallbacks: [{ model: "gpt-4" }],
      properties: { myKey: 1 },
    });
  });
});

describe("an idempotencyKey", () => {
  test("that no header can carry is refused as the API refuses others, and nothing is sent", async () => {
    const { server, client } = await fakeApi({});
    await using _ = server;
    const refused = { code: "invalid_request", status: 400, fields: [{ path: "Idempotency-Key" }] };
    for (const idempotencyKey of ["a\nb", "a\0b", "ключ"]) {
      await expect(client.delegate({ prompt: "p" }, { idempotencyKey })).rejects.toMatchObject(refused);
      await expect(client.retry("t", {}, { idempotencyKey })).rejects.toMatchObject(refused);
    }
    expect(server.requests).toEqual([]);
  });
});

describe("getResultsByTaskId and taskDelegations.get", () => {
  test("give the record with its result and its task type among its properties", async () => {
    const stored = delegation("t", { task_type: "TESTING", properties: { a_b: 1 }, attempts: [{ first_token_at: "now" }] });
    const { server, client } = await fakeApi({ "GET /v1/delegations/t": () => jsonReply(200, stored) });
    await using _ = server;
    const record = await client.getResultsByTaskId("t");
    expect(record).toMatchObject({
      output: "output of t",
      result: "output of t",
      tokensUsed: 5,
      properties: { task_type: "TESTING", a_b: 1 },
      attempts: [{ firstTokenAt: "now" }],
    });
    expect(await client.taskDelegations.get("t")).toEqual(record);
  });

  test("are null for what is unknown or deleted, and throw any other refusal", async () => {
    const { server, client } = await fakeApi({
      "GET /v1/delegations/deleted": () => refusal(410, "gone", "Deleted."),
      "GET /v1/delegations/mine": () => refusal(401, "unauthorized", "No key."),
    });
    await using _ = server;
    expect(await client.getResultsByTaskId("unknown")).toBeNull();
    expect(await client.taskDelegations.get("deleted")).toBeNull();
    await expect(client.getResultsByTaskId("mine")).rejects.toMatchObject({ code: "unauthorized" });
  });
});

describe("taskDelegations", () => {
  test("where asks for all pages of what fits", async () => {
    const { server, client } = await fakeApi({
      "GET /v1/delegations": ({ url }) => {
        const isLast = url.includes("cursor=next");
        return jsonReply(200, { data: [delegation(isLast ? "b" : "a")], next_cursor: isLast ? null : "next" });
      },
    });
    await using _ = server;
    const filter = { status: ["failed", "cancelled"], taskType: "TESTING", minCost: 0.1, properties: { my_key: true } } as const;
    expect((await client.taskDelegations.where(filter)).map(({ taskId }) => taskId)).toEqual(["a", "b"]);
    const asked = "status=failed%2Ccancelled&task_type=TESTING&min_cost=0.1&property.my_key=true&limit=200";
    expect(server.requests.map(({ url }) => url)).toEqual([`/v1/delegations?${asked}`, `/v1/delegations?${asked}&cursor=next`]);
    expect(await client.taskDelegations.all()).toHaveLength(2);
  });

  test("each asks for a page when it is wanted", async () => {
    const page = jsonReply(200, { data: [delegation("a")], next_cursor: "next" });
    const { server, client } = await fakeApi({ "GET /v1/delegations": () => page });
    await using _ = server;
    for await (const { taskId } of client.taskDelegations.each({ status: "failed" })) {
      expect(taskId).toBe("a");
      break;
    }
    expect(server.request.url).toBe("/v1/delegations?status=failed&limit=200");
  });
});

describe("waitFor", () => {
  test("asks until the task is final", async () => {
    const statuses = ["pending", "in-progress", "completed"];
    const { server, client } = await fakeApi({
      "GET /v1/delegations/t": () => jsonReply(200, delegation("t", { status: statuses.shift() })),
    });
    await using _ = server;
    expect((await client.waitFor("t")).status).toBe("completed");
    expect(server.requests.map(({ url }) => url)).toEqual(Array(3).fill("/v1/delegations/t?wait=55"));
  });
});

describe("cancel, approve, reject, retry and delete", () => {
  test("are calls of their own; a retry may name another executor", async () => {
    const path = "/v1/delegations/t";
    const { server, client } = await fakeApi({
      ...Object.fromEntries(
        ["cancel", "approve", "reject"].map((verb) => [`POST ${path}/${verb}`, () => jsonReply(200, delegation(verb))]),
      ),
      [`POST ${path}/retry`]: () => jsonReply(202, delegation("retry")),
      [`DELETE ${path}`]: () => ({ status: 204 }),
    });
    await using _ = server;
    const records = [await client.cancel("t"), await client.approve("t"), await client.reject("t"), await client.retry("t")];
    expect(records.map(({ taskId }) => taskId)).toEqual(["cancel", "approve", "reject", "retry"]);
    await client.retry("t", { taskId: "u", model: "gpt-4" });
    expect(server.requests.at(-1)?.body).toEqual({ task_id: "u", model: "gpt-4" });
    expect(await client.delete("t")).toBeUndefined();
  });
});

describe("costs and providers", () => {
  test("costs are asked by every group, and of what fits the filters of the list", async () => {
    const { server, client } = await fakeApi({ "GET /v1/costs": () => jsonReply(200, { data: [], total: {} }) });
    await using _ = server;
    await client.costs({ groupBy: ["key", "batch", "flow"], source: "run", properties: { project: "apollo" } });
    expect(server.request.url).toBe("/v1/costs?group_by=key%2Cbatch%2Cflow&source=run&property.project=apollo");
  });

  test("ask for what is wanted and answer in camelCase", async () => {
    const { server, client } = await fakeApi({
      "GET /v1/costs": () => jsonReply(200, { data: [{ task_type: "TESTING", avg_cost: 1 }], total: { total_cost: 1 } }),
      "GET /v1/providers": () => jsonReply(200, { data: [{ provider: "claude", error_rate: null }] }),
    });
    await using _ = server;
    const report = await client.costs({ groupBy: ["model", "task_type"], taskType: "TESTING" });
    expect(report).toEqual({ data: [{ taskType: "TESTING", avgCost: 1 }], total: { totalCost: 1 } });
    expect(await client.providers({ probe: true })).toEqual([{ provider: "claude", errorRate: null }]);
    expect(server.requests.map(({ url }) => url)).toEqual([
      "/v1/costs?group_by=model%2Ctask_type&task_type=TESTING",
      "/v1/providers?probe=true",
    ]);
  });
});
