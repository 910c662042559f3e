import { BudgetMode, ComplexityLevel, TaskType } from "depute/client";
import { expect } from "vitest";
import { expectSuccess, listed, type Snippet, spendingByTaskType } from "./seed-snippets.ts";

export function costOptimization(snippet: Snippet): void {
  snippet(
    "Budget-Aware Selection",
    "the cheapest capable model for code of medium complexity is claude-haiku",
    async ({ client, spawner, asked }) => {
      const model = await client.selectModel({
        taskType: TaskType.CODE_GENERATION,
        complexity: ComplexityLevel.MEDIUM,
        budgetMode: BudgetMode.COST_OPTIMIZED,
      });
      expect(model).toMatchObject({ alias: "claude-haiku", provider: "claude" });
      if (model.alias === "claude-haiku") expectSuccess(await spawner.spawnClaude({ prompt: "The budget-aware prompt", model }));
      expect(asked("The budget-aware prompt")[0]).toMatchObject({ vendor: "anthropic", model: model.model });
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
      const delegations = await client.taskDelegations.all();
      const totalCost = delegations.reduce((sum, { cost }) => sum + (cost ?? 0), 0);
      expect(`Total cost: $${totalCost.toFixed(2)}`).toBe(`Total cost: $${total.totalCost?.toFixed(2)}`);
      const costByModel = new Map<string | null, number>();
      for (const { model, cost } of delegations) costByModel.set(model, (costByModel.get(model) ?? 0) + (cost ?? 0));
      const { data } = await client.costs({ groupBy: ["model"] });
      const priced = data.filter(({ totalCost }) => (totalCost ?? 0) > 0);
      expect(priced.map(({ model }) => model)).toContain("claude-opus-5-5");
      for (const { model = null, totalCost } of priced) expect(costByModel.get(model)).toBeCloseTo(totalCost ?? Number.NaN, 9);
    },
  );

  snippet("Cost per Task Type", "count, total and average of each task type, the dearest first", async ({ client }) => {
    for (const taskType of [TaskType.REFACTORING, TaskType.REFACTORING, TaskType.DEBUGGING]) {
      expectSuccess(await client.spawn({ prompt: `For ${taskType}`, provider: "codex", taskType }));
    }
    const spending = async () => spendingByTaskType(await client.taskDelegations.all());
    await listed(async () => (await spending()).map(({ type, count }) => `${count} ${type}`)).toEqual(
      expect.arrayContaining(["2 REFACTORING", "1 DEBUGGING"]),
    );
    const stats = await spending();
    expect(stats.map(({ type }) => type)).toContain("unknown");
    expect(stats.map(({ totalCost }) => totalCost)).toEqual(stats.map(({ totalCost }) => totalCost).sort((a, b) => b - a));
    const { data } = await client.costs({ groupBy: ["task_type"] });
    for (const { taskType, count, totalCost, avgCost } of data) {
      const own = stats.find(({ type }) => type === (taskType ?? "unknown"));
      expect(own?.count).toBe(count);
      expect(own?.totalCost).toBeCloseTo(totalCost ?? 0, 9);
      if (own?.type === "REFACTORING") expect(own.avgCost).toBeCloseTo(avgCost ?? Number.NaN, 8);
    }
  });
}
