import { BudgetMode, ComplexityLevel, createClient, HeadlessSpawner, TaskType } from "depute/client";
import { expect } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { ADMIN_KEY } from "../../support/simulated-vendors.ts";
import { listed, type Snippet } from "./seed-snippets.ts";

export function troubleshooting(snippet: Snippet): void {
  snippet(
    "Agent Spawn Fails",
    "it is told whether the key, the network or the vendor is at fault, and a longer timeout helps",
    async ({ server, client, spawner }) => {
      const claude = (await client.providers({ probe: true })).find(({ provider }) => provider === "claude");
      expect(claude).toMatchObject({ configured: true, setting: "ANTHROPIC_API_KEY", probe: { ok: true } });
      const nowhere = new HeadlessSpawner(createClient({ baseUrl: "http://127.0.0.1:1", apiKey: ADMIN_KEY, maxRetries: 0 }));
      expect(await nowhere.spawnClaude({ prompt: "Hello" })).toMatchObject({ success: false, errorCode: "unreachable" });
      const stranger = new HeadlessSpawner(createClient({ baseUrl: server.url, apiKey: "dpt_wrong" }));
      expect(await stranger.spawnClaude({ prompt: "Hello" })).toMatchObject({ success: false, errorCode: "unauthorized" });
      const slow = simulate({ text: "late", first_ms: 5_000 }, "Slow");
      const hasty = await spawner.spawnClaude({ prompt: slow, timeout: 1, maxAttempts: 1 });
      expect(hasty).toMatchObject({ success: false, errorCode: "timeout" });
      expect(await spawner.spawnClaude({ prompt: slow, timeout: 60 })).toMatchObject({ success: true, response: "late" });
    },
  );

  snippet(
    "Task Delegation Not Tracked",
    "what has an id of its own is on the list with its result, and no other task can take that id",
    async ({ client }) => {
      const taskId = await client.delegateWithId({ prompt: "Be tracked", agent: "coder", taskId: "unique-task-id" });
      await client.waitFor(taskId);
      expect((await client.taskDelegations.get("unique-task-id"))?.result).toMatch(/./);
      await listed(async () => (await client.taskDelegations.where({ agent: "coder" })).map((row) => row.taskId)).toContain(
        taskId,
      );
      const other = client.delegateWithId({ prompt: "Be another", agent: "coder", taskId });
      await expect(other).rejects.toMatchObject({ name: "DeputeError", code: "conflict", status: 409 });
      await client.taskDelegations.create({ taskId: "done-by-hand", agent: "orchestrator", output: "Done.", sprint: 12 });
      const recorded = await client.taskDelegations.get("done-by-hand");
      expect(recorded).toMatchObject({ agent: "orchestrator", result: "Done.", properties: { sprint: 12 } });
      await listed(async () => (await client.taskDelegations.where({ properties: { sprint: 12 } })).length).toBe(1);
    },
  );

  snippet(
    "High Costs",
    "the cheap model for simple work costs less, and the average cost of a task is known",
    async ({ client }) => {
      const ask = { taskType: TaskType.CODE_GENERATION, complexity: ComplexityLevel.LOW };
      const cheap = await client.selectModel({ ...ask, budgetMode: BudgetMode.COST_OPTIMIZED });
      const best = await client.selectModel({ ...ask, budgetMode: BudgetMode.QUALITY_FOCUSED });
      expect(cheap.estimatedCost).toBeLessThan(best.estimatedCost ?? 0);
      const delegations = await client.taskDelegations.where({ status: "completed" });
      const totalCost = delegations.reduce((sum, { cost }) => sum + (cost ?? 0), 0);
      const avgCost = delegations.length > 0 ? totalCost / delegations.length : 0;
      expect(`Average cost per task: $${avgCost.toFixed(2)}`).toMatch(/^Average cost per task: \$0\.\d\d$/);
      expect(avgCost).toBeGreaterThan(0);
      const { data } = await client.costs({ groupBy: ["agent", "task_type"] });
      expect(data.find(({ agent }) => agent === "tester")).toMatchObject({ taskType: "TESTING", totalCost: expect.any(Number) });
    },
  );
}
