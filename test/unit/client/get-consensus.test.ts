import { describe, expect, test } from "vitest";
import { getConsensus } from "../../../src/client/get-consensus.ts";
import type { SpawnInput } from "../../../src/client/spawn.ts";
import { failure, result, spawning } from "./spawn-results.ts";

const VERDICT = { synthesis: "Both.", agreement: 0.5, dissent: [{ member: "gpt-4-turbo", point: "eviction" }] };
const isJudge = ({ outputSchema }: SpawnInput) => outputSchema !== undefined;
const answer = (input: SpawnInput) =>
  isJudge(input) ? result({ data: VERDICT }) : result({ response: `as ${input.model ?? input.provider}` });

describe("getConsensus", () => {
  test("asks three models at once and has the answers judged by schema", async () => {
    const { asked, spawn } = spawning(answer);
    const consensus = await getConsensus(spawn, { prompt: "Which cache?" });
    expect(asked.slice(0, 3).map(({ model, prompt }) => [model, prompt])).toEqual([
      ["claude-opus", "Which cache?"],
      ["gemini-2.0-flash", "Which cache?"],
      ["gpt-4-turbo", "Which cache?"],
    ]);
    expect(asked[3]).toMatchObject({ provider: "claude", outputSchema: { required: ["synthesis", "agreement", "dissent"] } });
    expect(asked[3]?.prompt).toBe(
      "Review these perspectives and provide consensus:\n\n## claude-opus\nas claude-opus\n\n## gemini-2.0-flash\nas gemini-2.0-flash\n\n## gpt-4-turbo\nas gpt-4-turbo\n\nThe question was:\n\nWhich cache?\n\nSynthesize the best insights, and say who dissents on what.",
    );
    expect(consensus).toMatchObject({ response: "Both.", agreement: 0.5, dissent: VERDICT.dissent, tokensUsed: 40, cost: 1 });
    expect(Object.keys(consensus.answers)).toEqual(["claude-opus", "gemini-2.0-flash", "gpt-4-turbo"]);
  });

  test("who fails is left out of the judgement and shown in the answers", async () => {
    const { asked, spawn } = spawning((input) => (input.model === "claude-opus" ? failure() : answer(input)));
    const consensus = await getConsensus(spawn, { prompt: "Which cache?" });
    expect(asked.at(-1)?.prompt).not.toContain("## claude-opus");
    expect(consensus.answers["claude-opus"]).toMatchObject({ success: false });
    const who = { member: { enum: ["gemini-2.0-flash", "gpt-4-turbo"] } };
    expect(asked.at(-1)?.outputSchema).toMatchObject({ properties: { dissent: { items: { properties: who } } } });
  });

  test("members have names of their own, also when they are the same model", async () => {
    const { asked, spawn } = spawning(answer);
    const selected = { model: "gpt-6.2-sol", alias: "gpt-4-turbo" };
    const named = [{ name: "gpt-4 2" }, { model: selected }, { model: { model: "plain" } }];
    const others = await getConsensus(spawning(answer).spawn, {
      prompt: "?",
      panel: [...named, { model: "gpt-4" }, { model: "gpt-4" }],
    });
    expect(Object.keys(others.answers)).toEqual(["gpt-4 2", "gpt-4-turbo", "plain", "gpt-4", "gpt-4 3"]);
    const panel = [{ model: "gpt-4" }, { model: "gpt-4" }, { provider: "claude" as const, name: "critic", system: "Doubt." }];
    const { answers } = await getConsensus(spawn, { prompt: "?", panel, judge: { model: "gemini-1.5-pro" } });
    expect(Object.keys(answers)).toEqual(["gpt-4", "gpt-4 2", "critic"]);
    expect(asked[2]).toMatchObject({ provider: "claude", system: "Doubt." });
    expect(asked[2]).not.toHaveProperty("name");
    expect(asked[3]).toMatchObject({ model: "gemini-1.5-pro" });
  });

  test("fewer than two answers, or a judge that fails, are no consensus", async () => {
    const alone = spawning((input) => (input.model === "gpt-4-turbo" ? answer(input) : failure()));
    await expect(getConsensus(alone.spawn, { prompt: "?" })).rejects.toMatchObject({
      name: "SpawnFailedError",
      message: expect.stringContaining("A consensus needs 2 answers, there are 1."),
      results: { length: 3 },
    });
    const unjudged = spawning((input) => (isJudge(input) ? failure("invalid_output") : answer(input)));
    await expect(getConsensus(unjudged.spawn, { prompt: "?" })).rejects.toMatchObject({
      message: "The judge failed. invalid_output: It was invalid_output.",
    });
  });

  test("an agreement out of its range is taken for its end", async () => {
    const { spawn } = spawning((input) => (isJudge(input) ? result({ data: { ...VERDICT, agreement: 80 } }) : answer(input)));
    expect((await getConsensus(spawn, { prompt: "?" })).agreement).toBe(1);
  });

  test("a cost that is not known makes the total not known", async () => {
    const { spawn } = spawning((input) => ({ ...answer(input), cost: input.model === "gpt-4-turbo" ? null : 1 }));
    expect((await getConsensus(spawn, { prompt: "?" })).cost).toBeNull();
  });
});
