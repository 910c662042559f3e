import { candidate } from "./candidate.ts";
import { command } from "./command.ts";
import { FLOW_OPTIONS, runFlow } from "./run-flow.ts";

/** Runs prompts one after another. */
export const flowChain = command({
  usage: "[options] PROMPT PROMPT …",
  summary: "one prompt after another, each told what came before",
  words: [1, 50],
  options: {
    ...FLOW_OPTIONS,
    input: { type: "string", value: "TEXT", help: "what {{input}} stands for" },
    by: { type: "string", value: "LIST", help: "who does each step, in order: providers and models" },
  },
  run: (given, session) => {
    const steps = chainSteps(given.words, given.list("by") ?? []);
    return runFlow({ pattern: "chain", input: given.text("input"), steps }, given, session);
  },
});

/** The steps `step-1`, `step-2` …; one that names nothing that came before is told the output of the step before it. */
export function chainSteps(prompts: readonly string[], by: readonly string[]): object[] {
  return prompts.map((prompt, index) => {
    const who = by[index];
    const isTold = index === 0 || prompt.includes("{{");
    return {
      name: `step-${index + 1}`,
      prompt: isTold ? prompt : `${prompt}\n\n{{steps.step-${index}.output}}`,
      ...(who !== undefined && candidate(who)),
    };
  });
}
