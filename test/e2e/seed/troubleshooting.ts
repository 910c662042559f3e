import { BudgetMode, ComplexityLevel, createClient, HeadlessSpawner, TaskType } from "depute/client";
import { expect } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { ADMIN_KEY } from "../../support/simulated-vendors.ts";
import type { Snippet } from "./seed-snippets.ts";

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
      const slow = simulate({ text: "late", first_ms: 1_500 }, "Slow");
      const hasty = await spawner.spawnClaude({ prompt: slow, timeout: 1, maxAttempts: 1 });
      expect(hasty).toMatchObject({ success: false, errorCode: "timeout" });
      expect(await spawner.spawnClaude({ prompt: slow, timeout: 60 })).toMatchObject({ success: true, response: "late" });
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
      expect(totalCost / delegations.length).toBeGreaterThan(0);
    },
  );
}
