import { expect } from "vitest";
import { expectSuccess, outOfQuota, type Snippet } from "./seed-snippets.ts";

export function taskDelegation(snippet: Snippet): void {
  snippet("Delegation with Fallback", "when Codex fails Claude does it", async ({ spawner, asked }) => {
    const prompt = "Generate API implementation";
    let result = await spawner.spawnCodex({ prompt: outOfQuota(prompt), sandbox: "workspace-write" });
    expect(result).toMatchObject({ success: false, response: "", errorCode: "provider_quota_exhausted" });
    if (!result.success) result = await spawner.spawnClaude({ prompt, approval: "auto" });
    expectSuccess(result);
    expect(asked(prompt).map(({ vendor }) => vendor)).toEqual(["openai", "anthropic"]);
  });
}
