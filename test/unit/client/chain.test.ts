import { describe, expect, test } from "vitest";
import { chain } from "../../../src/client/chain.ts";
import { SpawnFailedError } from "../../../src/client/spawn-failed-error.ts";
import { failure, result, spawning } from "./spawn-results.ts";

describe("chain", () => {
  test("runs its steps in turn, each told the output before it and every earlier one by name", async () => {
    const { asked, spawn } = spawning((_, number) => result({ response: `output ${number}` }));
    const { signal } = new AbortController();
    const steps = [
      { name: "analysis", provider: "gemini" as const, prompt: "Analyze." },
      { name: "design", prompt: ({ previous }: { previous: string }) => `On ${previous}: design.` },
      { name: "code", prompt: (outputs: object) => JSON.stringify(outputs) },
    ];
    const done = await chain(spawn, steps, { signal });
    expect(asked.map(({ prompt }) => prompt)).toEqual([
      "Analyze.",
      "On output 1: design.",
      '{"previous":"output 2","steps":{"analysis":"output 1","design":"output 2"}}',
    ]);
    expect(asked[0]).toEqual({ provider: "gemini", prompt: "Analyze.", signal });
    expect(done).toMatchObject({ output: "output 3", tokensUsed: 30, cost: 0.75 });
    expect(done.steps.design).toMatchObject({ response: "output 2" });
  });

  test("stops at the step that fails and has the results so far", async () => {
    const { asked, spawn } = spawning((_, number) => (number === 2 ? failure("refused") : result()));
    const steps = ["a", "b", "c"].map((name) => ({ name, prompt: name }));
    const error = await chain(spawn, steps).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SpawnFailedError);
    expect(error).toMatchObject({
      message: "The step b failed. refused: It was refused.",
      results: [{ success: true }, { success: false }],
    });
    expect(asked).toHaveLength(2);
  });
});
