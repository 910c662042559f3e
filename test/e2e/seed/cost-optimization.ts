import { BudgetMode, ComplexityLevel, TaskType } from "depute/client";
import { expect } from "vitest";
import { expectSuccess, listed, type Snippet, spendingByTaskType } from "./seed-snippets.ts";

export function costOptimization(snippet: Snippet): void {
  snippet(
    "Budget-Aware Selection",
    "the cheapest capable model for code of medium complexity is claude-haiku",
    async ({ client, spawner }) => {
      const model = await client.selectModel({
        taskType: TaskType.CODE_GENERATION,
        complexity: ComplexityLevel.MEDIUM,
        budgetMode: BudgetMode.COST_OPTIMIZED,
      });
      expect(model).toMatchObject({ alias: "claude-haiku", provider: "claude" });
      expectSuccess(await spawner.spawnClaude({ prompt: "The budget-aware prompt", model }));
    },
  );

  snippet(
    "Token Usage Tracking",
    "tokens and costs of the history add up, by model too, as the cost report says",
    async ({ client }) => {
      const { total } = await client.costs();
      const totals = async () => {
        const delegations = await client.taskDelegations.all();
        return {
          tokens: delegations.reduce((sum, { tokensUsed }) => sum + tokensUsed, 0),
          nanos: delegations.reduce((sum, { costNanos }) => sum + (costNanos ?? 0), 0),
        };
      };
      await listed(totals).toEqual({ tokens: total.tokens, nanos: total.totalCostNanos });
      const costByModel = new Map<string | null, number>();
      for (const { model, cost } of await client.taskDelegations.all()) {
        costByModel.set(model, (costByModel.get(model) ?? 0) + (cost ?? 0));
      }
      const { data } = await client.costs({ groupBy: ["model"] });
      const opus = data.find(({ model }) => model === "claude-opus-5-5");
      expect(costByModel.get("claude-opus-5-5")).toBeCloseTo(opus?.totalCost ?? Number.NaN, 9);
    },
  );

  snippet("Cost per Task Type", "count, total and average of each task type, the dearest first", async ({ client }) => {
    for (const taskType of [TaskType.TESTING, TaskType.TESTING, TaskType.DOCUMENTATION]) {
      expectSuccess(await client.spawn({ prompt: `For ${taskType}`, provider: "codex", taskType }));
    }
    const spending = async () => spendingByTaskType(await client.taskDelegations.all());
    await listed(async () => (await spending()).map(({ type, count }) => `${count} ${type}`)).toEqual(
      expect.arrayContaining(["2 TESTING", "1 DOCUMENTATION"]),
    );
    const types = (await spending()).map(({ type }) => type);
    expect(types[0]).toBe("unknown");
    expect(types.indexOf("TESTING")).toBeLessThan(types.indexOf("DOCUMENTATION"));
  });
}
