import type { Client, DelegationRow, HeadlessSpawner, SpawnResult } from "depute/client";
import { expect } from "vitest";
import type { JournalEntry } from "../../../simulator/scenario.ts";
import { simulate } from "../../../simulator/simulate.ts";
import type { E2eServer } from "../../support/e2e-server.ts";

/** Every snippet of the original's document, in its order, by the heading it stands under. */
export const SEED_SNIPPETS = [
  "Agent Spawning",
  "Claude Spawning",
  "Gemini Spawning",
  "Codex/GPT Spawning",
  "Copilot Spawning",
  "Model Selection Strategy",
  "Simple Delegation",
  "Parallel Delegation",
  "Delegation with Fallback",
  "Get Task Results",
  "Track Delegations in SDK",
  "Delegation Results Structure",
  "Budget-Aware Selection",
  "Token Usage Tracking",
  "Cost per Task Type",
  "Chain-of-Thought Delegation",
  "Error Recovery Pattern",
  "Feedback Loop Pattern",
  "Multi-Agent Consensus",
  "Agent Spawn Fails",
  "Task Delegation Not Tracked",
  "High Costs",
] as const;

/** What a snippet works with: a running server whose vendors are simulated, and the client. */
export type Seed = {
  server: E2eServer;
  client: Client;
  spawner: HeadlessSpawner;
  /** What the vendors were asked under this prompt. */
  asked(prompt: string): JournalEntry[];
};

/** Registers the test of one snippet. */
export type Snippet = (heading: (typeof SEED_SNIPPETS)[number], guarantee: string, run: (seed: Seed) => Promise<void>) => void;

/** A prompt that no vendor answers, and none is asked for twice. */
export const outOfQuota = (prompt: string): string => simulate({ status: 429, error: "quota_exhausted" }, prompt);

export function expectSuccess(result: SpawnResult): void {
  expect(result).toMatchObject({ success: true, error: null });
  expect(result.response).not.toBe("");
  expect(result.tokensUsed).toBeGreaterThan(0);
}

/** The list follows the delegations within moments. */
export const listed = (read: () => Promise<unknown>) => expect.poll(read, { interval: 100 });

/** How many tasks of each type, their cost in all and on average, in US dollars, the dearest type first. */
export function spendingByTaskType(rows: readonly DelegationRow[]) {
  const byType = Map.groupBy(rows, ({ properties }) => String(properties.task_type ?? "unknown"));
  const stats = [...byType].map(([type, same]) => {
    const totalCost = same.reduce((sum, { cost }) => sum + (cost ?? 0), 0);
    return { type, count: same.length, totalCost, avgCost: totalCost / same.length };
  });
  return stats.sort((a, b) => b.totalCost - a.totalCost);
}
