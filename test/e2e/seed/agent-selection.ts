import { BudgetMode, ComplexityLevel, TaskType } from "depute/client";
import { expect } from "vitest";
import { expectSuccess, type Snippet } from "./seed-snippets.ts";

export function agentSelection(snippet: Snippet): void {
  snippet("Agent Spawning", "three prompts go to three vendors", async ({ server, spawner }) => {
    expectSuccess(await spawner.spawnClaude({ prompt: "Implement user authentication module", approval: "auto" }));
    expectSuccess(await spawner.spawnGemini({ prompt: "Analyze codebase for performance issues", model: "gemini-2.0-flash" }));
    expectSuccess(await spawner.spawnCodex({ prompt: "Generate API endpoint implementation", sandbox: "workspace-write" }));
    const vendors = server.simulator.journal().map(({ vendor, model }) => [vendor, model]);
    expect(vendors).toEqual([
      ["anthropic", expect.stringMatching(/^claude-/)],
      ["google", "gemini-3.8-flash"],
      ["openai", expect.stringMatching(/^gpt-/)],
    ]);
  });

  snippet("Claude Spawning", "every parameter is taken, and what the model made of it is told", async ({ spawner, asked }) => {
    const result = await spawner.spawnClaude({
      prompt: "Your task description",
      approval: "auto",
      model: "claude-opus",
      maxThinkingBudget: 10_000,
      outputJson: false,
    });
    expectSuccess(result);
    expect(result.model).toBe("claude-opus-5-5");
    expect(result.cost).toBeGreaterThan(0);
    const [call] = asked("Your task description");
    expect(call).toMatchObject({ vendor: "anthropic", model: "claude-opus-5-5" });
    expect(call?.body).toHaveProperty("thinking");
    for (const model of ["claude-sonnet", "claude-haiku"]) {
      expectSuccess(await spawner.spawnClaude({ prompt: `As ${model}`, model }));
    }
  });

  snippet(
    "Gemini Spawning",
    "a retired model's name reaches its successor, and what that does not take is told",
    async ({ spawner, asked }) => {
      const prompt = "Analyze this code for security issues";
      const result = await spawner.spawnGemini({ prompt, model: "gemini-2.0-flash", temperature: 0.7, outputJson: false });
      expectSuccess(result);
      expect(result.warnings.map(({ message }) => message).join()).toMatch(/gemini-2\.0-flash.*gemini-3\.8-flash/);
      expect(result.warnings.map(({ message }) => message).join()).toContain("temperature");
      expect(asked(prompt)[0]).toMatchObject({ vendor: "google", model: "gemini-3.8-flash" });
      for (const model of ["gemini-1.5-pro", "gemini-1.5-flash"]) {
        expectSuccess(await spawner.spawnGemini({ prompt: `As ${model}`, model }));
      }
    },
  );

  snippet("Codex/GPT Spawning", "the raw output is the events, item.completed among them", async ({ spawner }) => {
    const result = await spawner.spawnCodex({
      prompt: "Generate implementation for REST API, as JSON",
      sandbox: "workspace-write",
      model: "gpt-4-turbo",
      fullAuto: false,
      outputJson: true,
    });
    expectSuccess(result);
    expect(JSON.parse(result.response)).toEqual(result.data);
    const completed: string[] = [];
    for (const event of result.rawOutput) {
      if (event.type === "item.completed") completed.push(event.item.type);
    }
    expect(completed).toContain("agent_message");
    for (const sandbox of ["read-only", "danger-full-access"] as const) {
      expectSuccess(await spawner.spawnCodex({ prompt: `In ${sandbox}`, sandbox }));
    }
  });

  snippet("Copilot Spawning", "GitHub's agent does it in its repository", async ({ spawner, asked }) => {
    const prompt = "Refactor this Python function";
    const result = await spawner.spawnCopilot({ prompt, model: "gpt-4", outputJson: false });
    expect(result).toMatchObject({ success: true, error: null });
    expect(result.response).not.toBe("");
    expect(asked(prompt)[0]).toMatchObject({ vendor: "github", path: "/agents/repos/acme/widgets/tasks" });
  });

  snippet(
    "Model Selection Strategy",
    "complex code at a balanced budget is gpt-4-turbo's, and the choice can be spawned",
    async ({ client, spawner, asked }) => {
      const model = await client.selectModel({
        taskType: TaskType.CODE_GENERATION,
        complexity: ComplexityLevel.HIGH,
        budgetMode: BudgetMode.BALANCED,
      });
      expect(`${model}`).toBe("gpt-4-turbo");
      const prompt = "The prompt of the selected model";
      if (model.alias === "gpt-4-turbo") expectSuccess(await spawner.spawnCodex({ prompt, model }));
      else if (model.alias === "claude-opus") expectSuccess(await spawner.spawnClaude({ prompt, model }));
      else if (model.alias === "gemini-2.0-flash") expectSuccess(await spawner.spawnGemini({ prompt, model }));
      expect(asked(prompt)[0]).toMatchObject({ vendor: "openai", model: model.model });
    },
  );
}
