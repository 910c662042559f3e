import { expect } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { listed, outOfQuota, type Snippet } from "./seed-snippets.ts";

export function resultTracking(snippet: Snippet): void {
  snippet("Get Task Results", "a task's results are had by its id; an unknown id has none", async ({ client }) => {
    const results = await client.getResultsByTaskId("task-auth-001");
    expect(`Status: ${results?.status}`).toBe("Status: completed");
    expect(results?.output).toMatch(/./);
    expect(results?.tokensUsed).toBeGreaterThan(0);
    expect(await client.getResultsByTaskId("task-auth-999")).toBeNull();
  });

  snippet("Track Delegations in SDK", "delegations are found by status, and one by its id", async ({ client, spawner }) => {
    const endless = { prompt: simulate({ fault: { kind: "hang", after: 1 } }, "Endless"), model: "local/llama3" };
    const tasks = [endless, { ...endless, taskId: "task-waiting" }];
    const { batchId } = await client.batches.start({ tasks, maxConcurrency: 1 });
    const failing = await spawner.spawnCodex({ prompt: outOfQuota("Fail"), taskId: "task-failed" });
    expect(failing.delegation?.status).toBe("failed");
    const found = async (status: "pending" | "completed" | "failed") =>
      (await client.taskDelegations.where({ status })).map(({ taskId }) => taskId);
    await listed(() => found("pending")).toEqual(["task-waiting"]);
    await listed(() => found("completed")).toEqual(expect.arrayContaining(["task-auth-001", "auth-docs"]));
    await listed(() => found("failed")).toContain("task-failed");
    const all = (await client.taskDelegations.all()).map(({ taskId }) => taskId);
    expect(all).toEqual(expect.arrayContaining(["task-waiting", "task-auth-001", "auth-docs", "task-failed"]));
    const delegation = await client.taskDelegations.get("task-auth-001");
    expect([`Agent: ${delegation?.agent}`, `Status: ${delegation?.status}`]).toEqual(["Agent: coder", "Status: completed"]);
    expect(delegation?.result).toMatch(/./);
    await client.batches.cancel(batchId);
  });

  snippet("Delegation Results Structure", "a record has the original's twelve fields", async ({ client }) => {
    const record = await client.getResultsByTaskId("task-auth-001");
    const { createdAt, startedAt, completedAt, output, tokensUsed, model, cost, ...rest } = record ?? {};
    for (const time of [createdAt, startedAt, completedAt]) expect(time).toBe(new Date(time ?? 0).toISOString());
    expect([output, tokensUsed, model, cost].map((value) => typeof value)).toEqual(["string", "number", "string", "number"]);
    const prompt = "Implement JWT authentication middleware";
    expect(rest).toMatchObject({ taskId: "task-auth-001", prompt, agent: "coder", status: "completed", error: null });
    const failed = await client.getResultsByTaskId("task-failed");
    expect(failed).toMatchObject({ status: "failed", output: null, error: { code: "provider_quota_exhausted" } });
  });
}
