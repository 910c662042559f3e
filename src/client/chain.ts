import type { SpawnInput, SpawnResult } from "./spawn.ts";
import { SpawnFailedError } from "./spawn-failed-error.ts";
import { type Totals, totalsOf } from "./totals.ts";

/** What a step's prompt is made of: the output of the step before ("" for the first), and of each earlier one by its name. */
export type ChainOutputs = { previous: string; steps: { readonly [name: string]: string } };

export type ChainStep = Omit<SpawnInput, "prompt" | "signal"> & {
  name: string;
  prompt: string | ((outputs: ChainOutputs) => string);
};

/** `output` is that of the last step; `steps` are the results by name. */
export type ChainResult = Totals & { output: string; steps: { readonly [name: string]: SpawnResult } };

/** One delegation after another, each told what came before. Throws SpawnFailedError when one fails. */
export async function chain(
  spawn: (input: SpawnInput) => Promise<SpawnResult>,
  steps: readonly ChainStep[],
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<ChainResult> {
  const done = new Map<string, SpawnResult>();
  let previous = "";
  for (const { name, prompt, ...input } of steps) {
    const outputs = Object.fromEntries([...done].map(([step, { response }]) => [step, response]));
    const text = typeof prompt === "string" ? prompt : prompt({ previous, steps: outputs });
    const result = await spawn({ ...input, prompt: text, signal });
    done.set(name, result);
    if (!result.success) throw new SpawnFailedError(`The step ${name} failed.`, [...done.values()]);
    previous = result.response;
  }
  return { output: previous, steps: Object.fromEntries(done), ...totalsOf([...done.values()]) };
}
