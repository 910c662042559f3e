import { expect } from "vitest";
import { expectSuccess, outOfQuota, type Snippet } from "./seed-snippets.ts";

export function taskDelegation(snippet: Snippet): void {
  snippet("Simple Delegation", "a role does it under the id of the caller's own", async ({ client, asked }) => {
    const prompt = "Implement JWT authentication middleware";
    const taskId = await client.delegateWithId(prompt, "coder", "task-auth-001");
    expect(`Delegated task: ${taskId}`).toBe("Delegated task: task-auth-001");
    expect(await client.waitFor(taskId)).toMatchObject({
      prompt,
      agent: "coder",
      status: "completed",
      createdBy: "orchestrator",
    });
    expect(JSON.stringify(asked(prompt)[0]?.body)).toContain("You are a senior software engineer.");
    expect(await client.delegateWithId({ prompt, agent: "coder", taskId })).toBe(taskId);
    expect(asked(prompt)).toHaveLength(1);
  });

  snippet("Parallel Delegation", "four tasks of three roles are done at once, each told as it completes", async ({ client }) => {
    const tasks = [
      { prompt: "Implement login endpoint", agent: "coder", taskId: "auth-login" },
      { prompt: "Implement logout endpoint", agent: "coder", taskId: "auth-logout" },
      { prompt: "Write authentication tests", agent: "tester", taskId: "auth-tests" },
      { prompt: "Document authentication API", agent: "writer", taskId: "auth-docs" },
    ];
    const results = client.parallelDelegate(tasks);
    const printed: string[] = [];
    for await (const [taskId, result] of results) {
      printed.push(`${taskId}: ${result.status}`);
      if (result.status === "completed") expect(result.output).toMatch(/./);
    }
    expect(printed.toSorted()).toEqual(tasks.map(({ taskId }) => `${taskId}: completed`).toSorted());
    const agents = [...(await results)].map(([taskId, { agent }]) => [taskId, agent]);
    expect(agents).toEqual(tasks.map(({ taskId, agent }) => [taskId, agent]));
  });

  snippet("Delegation with Fallback", "when Codex fails Claude does it", async ({ spawner, asked }) => {
    const prompt = "Generate API implementation";
    let result = await spawner.spawnCodex({ prompt: outOfQuota(prompt), sandbox: "workspace-write" });
    expect(result).toMatchObject({ success: false, response: "", errorCode: "provider_quota_exhausted" });
    if (!result.success) result = await spawner.spawnClaude({ prompt, approval: "auto" });
    expectSuccess(result);
    expect(asked(prompt).map(({ vendor }) => vendor)).toEqual(["openai", "anthropic"]);
  });
}
