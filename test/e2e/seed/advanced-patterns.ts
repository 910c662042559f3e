import { spawnWithFallback } from "depute/client";
import { expect } from "vitest";
import { simulate } from "../../../simulator/simulate.ts";
import { expectSuccess, outOfQuota, type Snippet } from "./seed-snippets.ts";

export function advancedPatterns(snippet: Snippet): void {
  snippet("Chain-of-Thought Delegation", "each vendor's output is in the next one's prompt", async ({ client, asked }) => {
    const { output, steps } = await client.chain([
      { name: "analysis", prompt: "Analyze the codebase structure", model: "gemini-2.0-flash" },
      {
        name: "design",
        prompt: ({ previous }) => `Based on this analysis:\n${previous}\n\nDesign the implementation approach.`,
        model: "claude-opus",
      },
      {
        name: "implementation",
        prompt: ({ steps }) => `Based on this design:\n${steps.design}\n\nImplement the solution.`,
        provider: "codex",
        sandbox: "workspace-write",
      },
    ]);
    expect(asked("Design the implementation approach.")[0]?.prompt).toContain(steps.analysis?.response);
    expect(asked("Implement the solution.")[0]).toMatchObject({
      vendor: "openai",
      prompt: expect.stringContaining(steps.design?.response ?? "?"),
    });
    expect(output).toBe(steps.implementation?.response);
  });

  snippet(
    "Error Recovery Pattern",
    "the fallback's success is the result; when both fail the error names both",
    async ({ spawner }) => {
      const codex = () => spawner.spawnCodex({ prompt: outOfQuota("Generate API"), sandbox: "workspace-write" });
      const claude = () => spawner.spawnClaude({ prompt: "Generate API", approval: "auto" });
      const refused = () => spawner.spawnClaude({ prompt: simulate({ outcome: "refused" }, "Generate API") });
      expect(await spawnWithFallback(codex, claude)).toMatchObject({ success: true, model: expect.stringMatching(/^claude-/) });
      await expect(spawnWithFallback(codex, refused)).rejects.toMatchObject({
        message: expect.stringMatching(/^All spawners failed\. provider_quota_exhausted: .* refused: /),
      });
    },
  );

  snippet(
    "Feedback Loop Pattern",
    "three cycles of review and revision, each on record as its improvement-cycle; the same in one call",
    async ({ client, spawner }) => {
      const prompt = "Generate a Python REST API";
      let { response: output } = await spawner.spawnClaude({ prompt, approval: "auto" });
      for (let cycle = 0; cycle < 3; cycle++) {
        const review = `Review this output and identify improvements:\n\n${output}\n\nProvide specific, actionable feedback.`;
        const feedback = await spawner.spawnClaude({ prompt: review, approval: "auto" });
        const revision = `Based on this feedback:\n\n${feedback.response}\n\nImprove the output:\n\n${output}`;
        const result = await spawner.spawnClaude({ prompt: revision, approval: "auto" });
        expectSuccess(result);
        output = result.response;
        const taskId = `improvement-cycle-${cycle}`;
        await client.taskDelegations.create({ taskId, feedback_iteration: cycle, outputTokens: result.tokensUsed });
        const record = await client.taskDelegations.get(taskId);
        expect(record).toMatchObject({ source: "recorded", properties: { feedback_iteration: cycle } });
        expect(record?.tokensUsed).toBe(result.tokensUsed);
      }

      const taskIdPrefix = "at-once:";
      const improved = await client.iterativeImprovement({ prompt, improvementCycles: 3, taskIdPrefix });
      expect(improved.output).toBe(improved.cycles[2]?.revision.response);
      for (const [cycle, { feedback, revision }] of improved.cycles.entries()) {
        const record = await client.taskDelegations.get(`at-once:improvement-cycle-${cycle}`);
        expect(record).toMatchObject({ result: revision.response, properties: { feedback_iteration: cycle } });
        expect(record?.prompt).toContain(feedback.response);
      }
    },
  );

  snippet(
    "Multi-Agent Consensus",
    "three models answer at once, one that fails is left out, and dissent has its name",
    async ({ client, asked }) => {
      const question = "What's the best approach for caching?";
      const verdict = { synthesis: "Cache reads.", agreement: 0.5, dissent: [{ member: "gpt-4-turbo", point: "write-through" }] };
      const answers = { text: `Cache.\n${simulate({ text: JSON.stringify(verdict) })}`, headers_ms: 3_000 };
      const consensus = await client.getConsensus({ prompt: simulate(answers, question) });
      expect(consensus).toMatchObject({ response: "Cache reads.", agreement: 0.5, dissent: verdict.dissent });
      const calls = asked(question);
      expect(calls.map(({ vendor }) => vendor).toSorted()).toEqual(["anthropic", "anthropic", "google", "openai"]);
      const members = calls.slice(0, 3);
      const firstEnd = Math.min(...members.map(({ ended_at }) => ended_at ?? 0));
      for (const { arrived_at } of members) expect(arrived_at).toBeLessThan(firstEnd);

      const panel = [{ model: "claude-opus" }, { model: "no-such-model" }, { model: "gpt-4-turbo" }];
      const fewer = await client.getConsensus({ prompt: simulate(answers, "And for sessions?"), panel });
      expect(fewer.answers["no-such-model"]).toMatchObject({ success: false, errorCode: "invalid_request" });
      expect(fewer.judgement.delegation?.prompt).not.toContain("## no-such-model");
    },
  );
}
