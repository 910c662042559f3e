import { expect } from "vitest";
import { listed, outOfQuota, type Snippet } from "./seed-snippets.ts";

export function resultTracking(snippet: Snippet): void {
  snippet("Get Task Results", "a task's results are had by its id; an unknown id has none", async ({ client }) => {
    await client.delegate({ prompt: "Implement JWT authentication middleware", taskId: "task-auth-001", model: "claude-opus" });
    await client.waitFor("task-auth-001");
    const results = await client.getResultsByTaskId("task-auth-001");
    expect(results).toMatchObject({ status: "completed", output: expect.stringMatching(/./), tokensUsed: expect.any(Number) });
    expect(await client.getResultsByTaskId("task-auth-999")).toBeNull();
  });

  snippet("Track Delegations in SDK", "delegations are found by status, and one by its id", async ({ client }) => {
    const waiting = await client.delegate({ prompt: "Wait", provider: "claude", approval: "manual", taskId: "task-waiting" });
    const failing = await client.spawn({ prompt: outOfQuota("Fail"), provider: "codex", taskId: "task-failed" });
    expect([waiting.status, failing.delegation?.status]).toEqual(["needs-approval", "failed"]);
    const found = async (...statuses: ("needs-approval" | "pending" | "completed" | "failed")[]) => {
      const rows = await client.taskDelegations.where({ status: statuses });
      return rows.map(({ taskId }) => taskId);
    };
    await listed(() => found("completed")).toContain("task-auth-001");
    await listed(() => found("failed")).toContain("task-failed");
    await listed(() => found("pending", "needs-approval")).toEqual(["task-waiting"]);
    expect((await client.taskDelegations.all()).length).toBeGreaterThan(10);
    const delegation = await client.taskDelegations.get("task-auth-001");
    expect(delegation).toMatchObject({ agent: "default", status: "completed", result: expect.stringMatching(/./) });
  });

  snippet("Delegation Results Structure", "a record has the original's twelve fields", async ({ client }) => {
    const record = await client.getResultsByTaskId("task-auth-001");
    const { createdAt, startedAt, completedAt, output, tokensUsed, cost, ...rest } = record ?? {};
    for (const time of [createdAt, startedAt, completedAt]) expect(time).toBe(new Date(time ?? 0).toISOString());
    expect([output, tokensUsed, cost].map((value) => typeof value)).toEqual(["string", "number", "number"]);
    const prompt = "Implement JWT authentication middleware";
    const fields = {
      taskId: "task-auth-001",
      prompt,
      agent: "default",
      status: "completed",
      model: "claude-opus-5-5",
      error: null,
    };
    expect(rest).toMatchObject(fields);
  });
}
