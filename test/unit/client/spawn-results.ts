import type { SpawnInput, SpawnResult } from "../../../src/client/spawn.ts";

/** A success with this response, or what is given instead. */
export const result = (given: Partial<SpawnResult> = {}): SpawnResult => ({
  success: true,
  response: "fine",
  data: null,
  tokensUsed: 10,
  cost: 0.25,
  error: null,
  errorCode: null,
  rawOutput: [],
  taskId: "t",
  model: "m",
  warnings: [],
  delegation: null,
  ...given,
});

export const failure = (errorCode = "provider_overloaded"): SpawnResult =>
  result({ success: false, response: "", error: `It was ${errorCode}.`, errorCode, tokensUsed: 0, cost: 0 });

/** Spawns by a function of the input and remembers what was asked. */
export function spawning(answer: (input: SpawnInput, number: number) => SpawnResult) {
  const asked: SpawnInput[] = [];
  const spawn = async (input: SpawnInput): Promise<SpawnResult> => {
    asked.push(input);
    return answer(input, asked.length);
  };
  return { asked, spawn };
}
