import { describe, expect, test } from "vitest";
import { iterativeImprovement } from "../../../src/client/iterative-improvement.ts";
import { failure, result, spawning } from "./spawn-results.ts";

describe("iterativeImprovement", () => {
  test("drafts, then reviews and revises the latest output; each revision is a task of its cycle", async () => {
    const { asked, spawn } = spawning((_, number) => result({ response: `text ${number}` }));
    const author = { model: "gpt-4", properties: { team: "a" } };
    const input = { prompt: "Write.", improvementCycles: 2, author, reviewer: { model: "claude-opus" }, taskIdPrefix: "" };
    const done = await iterativeImprovement(spawn, input);
    expect(asked.map(({ prompt }) => prompt)).toEqual([
      "Write.",
      "Review this output and identify improvements:\n\ntext 1\n\nProvide specific, actionable feedback.",
      "Based on this feedback:\n\ntext 2\n\nImprove the output:\n\ntext 1",
      "Review this output and identify improvements:\n\ntext 3\n\nProvide specific, actionable feedback.",
      "Based on this feedback:\n\ntext 4\n\nImprove the output:\n\ntext 3",
    ]);
    expect(asked.map(({ taskId, model }) => [taskId, model])).toEqual([
      [undefined, "gpt-4"],
      [undefined, "claude-opus"],
      ["improvement-cycle-0", "gpt-4"],
      [undefined, "claude-opus"],
      ["improvement-cycle-1", "gpt-4"],
    ]);
    expect(asked[4]?.properties).toEqual({ team: "a", feedback_iteration: 1 });
    expect(done).toMatchObject({ output: "text 5", draft: { response: "text 1" }, tokensUsed: 50, cost: 1.25 });
    expect(done.cycles.map(({ feedback, revision }) => [feedback.response, revision.response])).toEqual([
      ["text 2", "text 3"],
      ["text 4", "text 5"],
    ]);
  });

  test("by claude, in three cycles, under ids that another run does not have", async () => {
    const { asked, spawn } = spawning(() => result());
    await iterativeImprovement(spawn, { prompt: "Write." });
    await iterativeImprovement(spawn, { prompt: "Write." });
    expect(asked.map(({ provider }) => provider)).toEqual(Array(14).fill("claude"));
    const ids = asked.flatMap(({ taskId }) => taskId ?? []);
    expect(ids[0]).toMatch(/^[0-9a-f]{12}:improvement-cycle-0$/);
    expect(new Set(ids).size).toBe(6);
  });

  test("no cycle leaves the draft", async () => {
    const { spawn } = spawning(() => result({ response: "draft" }));
    expect(await iterativeImprovement(spawn, { prompt: "Write.", improvementCycles: 0 })).toMatchObject({
      output: "draft",
      cycles: [],
    });
  });

  test("a step that fails ends it with the results so far", async () => {
    const { spawn } = spawning((_, number) => (number === 3 ? failure() : result()));
    await expect(iterativeImprovement(spawn, { prompt: "Write." })).rejects.toMatchObject({
      name: "SpawnFailedError",
      message: "Step 3 of the improvement failed. provider_overloaded: It was provider_overloaded.",
      results: { length: 3 },
    });
  });
});
